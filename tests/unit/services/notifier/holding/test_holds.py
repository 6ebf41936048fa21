"""Until when the desk holds an alert back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.hold import HoldEvent
from services.notifier.holding.holds import KINDS, Holds, scope_of
from tests.support.holds import BARNET, hold, release
from tests.support.notices import notice

CAMDEN = "local.camden.2014-05-22"
PUBLISHED = datetime(2014, 5, 23, 1, 0, tzinfo=UTC)
ONE, OTHER = "1" * 32, "2" * 32


def seconds(*said: HoldEvent, **fields: Any) -> float | None:
    """Returns how long an alert waits after the desk has said this; None if it does not."""
    holds = Holds()
    for event in said:
        holds.apply(event)
    wait = holds.wait(notice(**fields), PUBLISHED)
    return None if wait is None else (wait.until - PUBLISHED).total_seconds()


def test_nothing_is_held_back_unless_the_desk_says_so() -> None:
    """As on most nights."""
    holds = Holds()

    assert holds.say_nothing
    assert holds.wait(notice(), PUBLISHED) is None


def test_an_alert_waits_from_its_publication_on() -> None:
    """Whenever somebody asks, and whoever does."""
    assert seconds(hold(60)) == 60


@pytest.mark.parametrize(
    ("fields", "waits"),
    [
        ({}, True),
        ({"council": CAMDEN}, False),
        ({"kind": "recount"}, False),
        ({"kind": "result"}, True),
    ],
    ids=str,
)
def test_a_hold_is_for_its_council_and_kinds(
    fields: dict[str, str],
    waits: bool,  # noqa: FBT001
) -> None:
    """Others are sent at once."""
    one = hold(60, council=BARNET, kinds=("control", "result"))

    assert (seconds(one, **fields) is not None) is waits


@pytest.mark.parametrize("kind", ["declared", "held", "conflict", "parked", "rejected"])
def test_only_alerts_are_held_back(kind: str) -> None:
    """The desk itself is told of input, and the pages have a ward's result anyway."""
    assert seconds(hold(60), kind=kind) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((hold(60), hold(0)), None),
        ((hold(60, council=BARNET), hold(0)), None),
        ((hold(60), hold(0, council=BARNET)), None),
        ((hold(60, council=BARNET), hold(20, council=BARNET, kinds=("control",))), 20),
        ((hold(20, kinds=("control",)), hold(60)), 60),
        ((hold(60, council=BARNET), hold(0, council=CAMDEN)), 60),
        ((hold(60), hold(0, kinds=("recount",))), 60),
        ((hold(60), hold(0, council=BARNET), hold(30)), 30),
    ],
    ids=[
        "ended",
        "a council's hold ended with all",
        "a council excepted",
        "another time for one kind",
        "all kinds after one",
        "another council's ended",
        "another kind's ended",
        "an exception ended by a hold of all",
    ],
)
def test_of_all_holds_that_fit_the_newest_rules(
    said: tuple[HoldEvent, ...], expected: float | None
) -> None:
    """Whether it is for more or for less than the one before."""
    assert seconds(*said) == expected


def test_who_is_out_waits_with_the_gain_of_the_same_event() -> None:
    """It would give the gain away, also if it is excepted by itself."""
    out = {"kind": "incumbent_out", "told_by": ONE}

    assert seconds(hold(60, kinds=("control",)), **out) == 60
    assert seconds(hold(60), hold(5, kinds=("incumbent_out",)), **out) == 60
    assert seconds(hold(60, kinds=("control",)), kind="incumbent_out") is None


def test_a_withdrawal_is_not_held_back_by_itself() -> None:
    """Whoever was told something wrong learns of it at once."""
    assert seconds(hold(60), retracts=ONE) is None


def test_what_no_channel_is_sent_is_not_held_back() -> None:
    """It is recorded as withheld at once."""
    assert seconds(hold(60), doubt="mode") is None


@pytest.mark.parametrize("fields", [{"id": ONE}, {"kind": "incumbent_out", "told_by": ONE}])
def test_what_is_released_waits_no_longer(fields: dict[str, str]) -> None:
    """With who is out by the same event; and no later hold catches it again."""
    holds = Holds()
    for event in (hold(60), release(ONE), hold(90)):
        holds.apply(event)
    one = notice(**fields)

    assert holds.wait(one, PUBLISHED) is None
    assert holds.dropped(one) is None
    assert holds.released(one)
    assert seconds(hold(60), release(OTHER), **fields) == 60


def test_what_is_dropped_is_said_with_its_name_and_reason() -> None:
    """The newest ruling of an alert stands."""
    holds = Holds()
    dropped = release(ONE, ruling="drop", reason="the sheet was wrong")
    for event in (hold(60), release(ONE), dropped):
        holds.apply(event)

    assert holds.dropped(notice(id=ONE)) == dropped
    assert not holds.released(notice(id=ONE))


def test_a_ruling_about_another_council_is_none_about_this() -> None:
    """Nor does one touch what withdraws an alert, or what no channel is sent."""
    holds = Holds()
    holds.apply(release(ONE, ruling="drop"))

    assert holds.dropped(notice(id=ONE, council=CAMDEN)) is None
    assert holds.dropped(notice(id=ONE, retracts=OTHER)) is None
    assert holds.dropped(notice(id=ONE, doubt="mode")) is None


def test_what_is_in_force_is_listed_without_what_was_replaced() -> None:
    """With the kinds that are left of each hold."""
    holds = Holds()
    every, one = hold(60), hold(20, kinds=("control",))
    for event in (hold(5, council=BARNET), every, one, hold(0, council=CAMDEN)):
        holds.apply(event)

    (first, left), (second, only), (exception, _) = holds.in_force()
    assert (first, second, exception.council) == (every, one, CAMDEN)
    assert left == tuple(kind for kind in KINDS if kind != "control")
    assert only == ("control",)


def test_a_hold_is_named_by_what_it_is_for() -> None:
    """All kinds are one word."""
    assert scope_of(None, KINDS) == "all alerts of all councils"
    assert scope_of(BARNET, ("control", "result")) == f"control, result of {BARNET}"


@pytest.mark.parametrize("fields", [{"seconds": 3_601}, {"seconds": -1}, {"by": ""}])
def test_a_hold_is_bounded_and_has_a_name(fields: dict[str, Any]) -> None:
    """An hour at most."""
    with pytest.raises(ValidationError):
        hold(**({"seconds": 1} | fields))


NIGHT: dict[str, Any] = {"kind": "milestone", "council": "", "election": "local.2014-05-22"}


def test_a_milestone_can_be_held_back_by_its_kind_and_with_all_alerts() -> None:
    """A hold of one council is none of the night."""
    assert seconds(hold(60, kinds=("milestone",)), **NIGHT) == 60
    assert seconds(hold(60), **NIGHT) == 60
    assert seconds(hold(60, council=BARNET), **NIGHT) is None
    assert seconds(hold(60, kinds=("milestone",)), kind="night", council="") is None
    assert scope_of(None, ("milestone",)) == "milestone of the night"


def test_a_milestone_that_waits_can_be_released() -> None:
    """By a ruling about alerts of the night."""
    assert seconds(hold(60), release(ONE, council=None), id=ONE, **NIGHT) is None
    assert seconds(hold(60), release(ONE), id=ONE, **NIGHT) == 60


def test_a_hold_of_a_council_is_none_of_what_is_of_the_night() -> None:
    """Whoever says so is told what to leave out."""
    with pytest.raises(ValidationError, match="milestone is about the whole night; leave"):
        hold(60, council=BARNET, kinds=("milestone",))
