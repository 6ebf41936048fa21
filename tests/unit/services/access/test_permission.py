"""What a key lets its holder say."""

from __future__ import annotations

import json

import pytest

from schemas.events import decode_event
from schemas.ward import WardStatus
from services.access.holder import ANYONE, DEFAULT, Holder
from services.access.permission import forbidden
from tests.support.intake_log import notice


@pytest.mark.parametrize(
    ("holder", "allowed"),
    [
        (Holder("agency", "final"), False),
        (Holder("agency", "single"), False),
        (Holder("producers", "single", "desk"), True),
        (DEFAULT, True),
        (ANYONE, True),
    ],
)
def test_what_is_no_sources_word_needs_a_key_of_the_desk(
    holder: Holder,
    allowed: bool,  # noqa: FBT001 -- an expectation
) -> None:
    """A kind of event that comes to be known later is the desk's until somebody decides else."""
    said = decode_event(json.dumps(notice()))
    decided = WardStatus.model_construct(**{**said.model_dump(), "type": "desk.decided"})

    assert forbidden(said, holder) == []
    assert [each.field for each in forbidden(decided, holder)] == ([] if allowed else ["type"])


@pytest.mark.parametrize("status", ["uncontested", "countermanded"])
def test_a_stringer_moves_no_seats_without_a_result_whatever_the_policy(status: str) -> None:
    """A policy of no second entry makes nobody one who opens councils."""
    ann = Holder("ann", "final", "stringer")
    (refusal,) = forbidden(decode_event(json.dumps(notice(status=status))), ann)

    assert refusal.field == "status"
    assert "the key ann has the role stringer" in refusal.remedy
    assert forbidden(decode_event(json.dumps(notice())), ann) == []


def test_a_refusal_names_some_councils_of_a_key_that_has_many() -> None:
    """It stays one line, whatever a key lists."""
    holder = Holder("agency", councils=tuple(f"council-{number}" for number in range(400)))
    (refusal,) = forbidden(decode_event(json.dumps(notice())), holder)

    assert "council-4 and 395 more" in refusal.remedy
    assert len(str(refusal)) < 300


def test_a_summary_says_everything_that_a_key_may_do() -> None:
    """In the order in which people ask."""
    holder = Holder("x", "second", "desk", ("local.2026-05-07",), ("barnet", "camden"), 9)

    assert holder.summary() == (
        "trust second; role desk; elections local.2026-05-07; councils barnet, camden;"
        " at most 9 declarations a minute"
    )
    assert Holder("x").summary() == (
        "trust single; role source; elections all; councils all; no limit"
    )
