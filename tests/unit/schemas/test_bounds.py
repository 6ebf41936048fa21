"""What the schemas refuse, so that nothing that comes after has to."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain, islice
from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from schemas import base
from schemas.base import NOTABLES_MAX, BallotPaperId, CouncilId, Gss, Model, Name, Timestamp
from schemas.events import decode_event
from schemas.refusal import refusals
from schemas.visible import UNSEEN, VISIBLE
from schemas.ward import WardDeclared
from tests.support.polls import COUNCIL, declared, opened


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "1899-12-31T23:59:59Z"]
)
def test_a_time_that_no_fact_can_have_is_refused(time: str) -> None:
    """Clients send the year 1 for no time; no time zone can be applied to it."""
    with pytest.raises(ValidationError, match="leave it out if the time is not known"):
        TypeAdapter(Timestamp).validate_python(datetime.fromisoformat(time))


KINDS = ("Name", "Source", "PartyLabel", "PartyId", "PartyKey", "Control")
SAMPLES = "\n\r\t\x1b\x00\x85\u2028\u202e\u2066\u200b\xad\u034f\u115f\u1160\u180e\u200c\u200d"
SAMPLES += "\u2800\u3164\ufe0f\uffa0\U000e0041\U000e0100"


def complaint(kind: Any, value: object) -> str | None:
    """Returns why a value is refused, as its sender reads it; None if it is taken."""
    try:
        TypeAdapter(kind, config=Model.model_config).validate_python(value)
    except ValidationError as error:
        return str(refusals(error)[0])
    return None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stray", SAMPLES)
def test_a_name_has_nothing_that_cannot_be_seen_in_a_line(kind: str, stray: str) -> None:
    """It would speak for somebody else, or make two names look like one."""
    said = complaint(getattr(base, kind), f"Childs{stray}Hill")
    assert said is not None
    assert f": U+{ord(stray):04X}" in said
    assert said.endswith(" cannot be seen in a line; leave it out")


def having(properties: str) -> set[str]:
    """Returns all characters that have one of some Unicode properties, as pydantic knows them."""
    one = TypeAdapter(Annotated[str, Field(pattern=f"[{properties}]")])
    found = set()
    for block in batched(chain(range(0xD800), range(0xE000, 0x110000))):
        with suppress(ValidationError):
            one.validate_python(block)
            for character in block:
                with suppress(ValidationError):
                    found.add(one.validate_python(character))
    return found


def batched(points: Iterable[int], size: int = 256) -> Iterator[str]:
    """Returns the characters of code points, so many at a time."""
    each = iter(points)
    while block := "".join(map(chr, islice(each, size))):
        yield block


def test_exactly_what_unicode_says_cannot_be_seen_is_refused() -> None:
    """Controls, separators of lines, formats and all that is ignored where it has no glyph.

    Marks that stand before a number are formats, but can be seen. Braille has a blank.
    """
    shown = having(r"\p{Prepended_Concatenation_Mark}")
    unseen = having(r"\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}") - shown
    assert having(UNSEEN) == unseen | {"\u2800"}
    for character in unseen:
        assert re.search(VISIBLE, f"a{character}b") is None


def test_python_knows_no_other_formats() -> None:
    """The categories of Python's own library agree, as far as its version of Unicode goes."""
    shown = having(r"\p{Prepended_Concatenation_Mark}")
    for character in set(map(chr, range(0x110000))) - shown:
        if unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"}:
            assert re.search(VISIBLE, f"a{character}b") is None


@pytest.mark.parametrize("stray", SAMPLES + "\x1c\x1f\ufeff")
def test_at_either_end_of_a_name_it_is_stripped_or_named(stray: str) -> None:
    """White space is stripped, and all else is refused by its name and not by a pattern."""
    for name in (f"{stray}Hill", f"Hill{stray}", stray, f"{stray} Hill", f"\n{stray}\nHill"):
        said = complaint(Name, name)
        assert said is None or "cannot be seen in a line" in said


@pytest.mark.parametrize(
    "name", ["Cŵm Tywyn", "O’Neill–Smith", "Łódź", "d'Arcy", "حزب", "李小龙", "🌹", "£1 ½"]
)
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
        "source: 'a\\u202eb': U+202E RIGHT-TO-LEFT OVERRIDE cannot be seen in a line; leave it out"
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


def with_notables(number: int) -> dict[str, Any]:
    """Returns the opening of a council with so many notable candidates, in several wards."""
    people = [{"candidate": f"Ann {n}", "party_id": "PP52", "office": "Leader"} for n in range(26)]
    others = [{"candidate": "Bob", "party_id": "PP52"}] * 30
    split = [*[people] * (number // 26), people[: number % 26]]
    wards = [
        {
            "ballot_paper_id": f"local.barsetshire.w{place}.2026-05-07",
            "ward": "North",
            "seats_contested": 1,
            "candidates": each + others,
        }
        for place, each in enumerate(split)
    ]
    return {**opened(total=100).model_dump(mode="json"), "wards": wards}


def test_a_council_has_at_most_fifty_notable_candidates() -> None:
    """Each of them may have an alert of its own, which is kept with the council."""
    assert NOTABLES_MAX == 50
    assert decode_event(json.dumps(with_notables(50)))
    with pytest.raises(ValidationError) as found:
        decode_event(json.dumps(with_notables(51)))
    assert str(refusals(found.value)[0]) == (
        "wards: 51 candidates have an office, more than the 50 of a council whose defeat can be"
        " news; leave out office of the others"
    )
