"""What a key lets its holder say."""

from __future__ import annotations

import json
from typing import cast, get_args

import pytest

from election.evidence.no_poll import waits_for_the_desk
from schemas.events import Event, decode_event
from schemas.examples import EXAMPLES
from schemas.source import Trust
from schemas.ward import WardStatus
from services.access.holder import ANYONE, DEFAULT, Holder, Role
from services.access.permission import ForbiddenError, check_is_for_intake, forbidden
from tests.support.intake_log import notice

KINDS = ("council.opened", "ward.declared", "ward.status", "council.declared", "desk.decided")


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
    """A policy of no second entry makes nobody final of whom the desk has to hear such a thing."""
    said = decode_event(json.dumps(notice(status=status)))
    for trust in get_args(get_args(Trust)[0]):
        ann = Holder("ann", trust, "stringer")
        word = ann.stamped(said)
        assert isinstance(word, WardStatus)
        assert forbidden(said, ann) == []
        assert waits_for_the_desk(word)
    (refusal,) = forbidden(said, Holder("ann", "single"))
    assert refusal.field == "status"
    assert "the key ann has the trust single" in refusal.remedy


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("source", {"ward.declared", "ward.status", "council.opened", "council.declared"}),
        ("stringer", {"ward.declared", "ward.status"}),
        ("viewer", set()),
        ("desk", set(KINDS)),
        ("admin", set(KINDS)),
    ],
)
def test_a_role_says_its_kinds_of_event_and_no_other(role: Role, may: set[str]) -> None:
    """Somebody at a count says what wards declare, and whoever only looks says nothing."""
    holder = Holder("ann", "final", role)
    events = {kind: EXAMPLES[kind] for kind in KINDS}
    found = {kind: forbidden(cast("Event", event), holder) for kind, event in events.items()}

    assert {kind for kind, refusals in found.items() if not refusals} == may
    assert {each.field for refusals in found.values() for each in refusals} <= {"type"}


@pytest.mark.parametrize("role", get_args(get_args(Role)[0]))
def test_only_keys_of_sources_and_of_the_desk_are_for_intake(role: Role) -> None:
    """People sign in at entry."""
    holder = Holder("ann", role=role)
    if role in {"source", "desk"}:
        check_is_for_intake(holder)
        return
    with pytest.raises(ForbiddenError, match=f"the key ann has the role {role}"):
        check_is_for_intake(holder)


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
