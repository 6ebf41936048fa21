"""What the schemas refuse, so that nothing that comes after has to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.base import BallotPaperId, CouncilId, Gss, Name, PartyLabel, Source, Timestamp
from schemas.refusal import refusals
from schemas.ward import WardDeclared
from tests.support.polls import COUNCIL, declared


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "1899-12-31T23:59:59Z"]
)
def test_a_time_that_no_fact_can_have_is_refused(time: str) -> None:
    """Clients send the year 1 for no time; no time zone can be applied to it."""
    with pytest.raises(ValidationError, match="leave it out if the time is not known"):
        TypeAdapter(Timestamp).validate_python(datetime.fromisoformat(time))


@pytest.mark.parametrize("kind", [Name, Source, PartyLabel])
@pytest.mark.parametrize(
    "stray", ["\n", "\r", "\t", "\x1b", "\x00", "\x85", "\u2028", "\u202e", "\u2066", "\u200b"]
)
def test_a_name_has_nothing_that_cannot_be_printed_in_a_line(kind: Any, stray: str) -> None:
    """Controls, line breaks and characters that turn text round would speak for somebody else."""
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(f"Childs{stray}Hill")


@pytest.mark.parametrize("name", ["Cŵm Tywyn", "O’Neill–Smith", "Łódź", "d'Arcy", "حزب"])
def test_names_of_all_languages_are_taken(name: str) -> None:
    """Letters, accents and punctuation of every script stay as they are."""
    assert TypeAdapter(Name).validate_python(name) == name


def test_a_refusal_names_the_character() -> None:
    """It says which field has which character, and what to do."""
    with pytest.raises(ValidationError) as found:
        WardDeclared.model_validate_json(
            declared("north", [("PP52", 9)])
            .model_dump_json()
            .replace('"source":""', '"source":"a\\u202eb"')
        )

    assert [str(each) for each in refusals(found.value)] == [
        "source: 'a\\u202eb': U+202E cannot be printed in a line; leave it out"
    ]


@pytest.mark.parametrize(
    "identifier",
    [
        f"{COUNCIL}\n",
        f" {COUNCIL}",
        "local._.2026-05-07",
        "local.-x.2026-05-07",
        "local.x-.2026-05-07",
        "local.x_.2026-05-07",
    ],
)
def test_an_id_with_stray_marks_is_refused(identifier: str) -> None:
    """One council has one id, without anything round it."""
    with pytest.raises(ValidationError):
        TypeAdapter(CouncilId).validate_python(identifier)
    with pytest.raises(ValidationError):
        TypeAdapter(BallotPaperId).validate_python(identifier.replace(".2026", ".north.2026"))


def test_a_code_has_plain_digits() -> None:
    """Digits of other scripts look alike and match nothing."""
    with pytest.raises(ValidationError):
        TypeAdapter(Gss).validate_python("E0900000３")
