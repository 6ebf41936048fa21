"""Who is told what."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.examples import ALERT
from schemas.totals import CouncilTotals, PartyTotals
from services.notifier.ledger import Status
from services.notifier.notice import of_alert
from services.notifier.routing import decide, may_concern, seats_from_changing_hands
from tests.support.notices import channel, notice


def totals(majority: int, *seats: int) -> CouncilTotals:
    """Returns a council's totals with so many seats for each party."""
    parties = tuple(
        PartyTotals.model_construct(party_id=f"PP{n}", seats=held) for n, held in enumerate(seats)
    )
    return CouncilTotals.model_construct(majority=majority, parties=parties)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({}, True),
        ({"kinds": ("control",)}, True),
        ({"kinds": ("recount", "postponed")}, False),
        ({"councils": ("barnet",)}, True),
        ({"councils": ("BARNET",)}, True),
        ({"councils": ("E09000003",)}, True),
        ({"councils": ("local.barnet.2014-05-22",)}, True),
        ({"councils": ("camden", "E09000007")}, False),
        ({"wards": ("childs-hill",)}, True),
        ({"wards": ("local.barnet.childs-hill.2014-05-22",)}, True),
        ({"wards": ("hill",)}, False),
        ({"parties": ("PP52", "PP53")}, True),
        ({"parties": ("PP53",)}, False),
        ({"councils": ("barnet",), "parties": ("PP53",)}, False),
    ],
)
def test_every_filter_must_agree(wanted: dict[str, Any], told: bool) -> None:  # noqa: FBT001
    """A channel is told what passes all of its filters; an empty filter passes all."""
    assert may_concern(notice(), channel(**wanted), None) is told


@pytest.mark.parametrize("kind", ["declared", "rejected"])
def test_what_is_no_alert_must_be_asked_for(kind: str) -> None:
    """Ward results and rejected input go only to channels that name them."""
    assert not may_concern(notice(kind=kind), channel(), None)
    assert may_concern(notice(kind=kind), channel(kinds=(kind,)), None)


def test_desk_is_told_of_all_rubbish() -> None:
    """Rejected input has no place, so filters for places do not hide it."""
    desk = channel(kinds=("rejected",), councils=("barnet",), within_seats=2)

    assert may_concern(notice(kind="rejected", council=""), desk, None)


def test_decider_concerns_the_ward_it_is_about() -> None:
    """A council that comes to hang on Hill is told to whoever watches Hill, and to no other.

    The line names other wards as well: the one that caused it, one with the name in its own.
    """
    decider = of_alert(
        ALERT.model_copy(
            update={
                "kind": "decider",
                "mode": "live",
                "text": "Barnet hangs on Hill, next to Childs Hill.",
                "ballots": ("local.barnet.hill.2014-05-22",),
                "cause": "local.barnet.hale.2014-05-22",
            }
        )
    )

    assert may_concern(decider, channel(wards=("hill",)), None)
    assert may_concern(decider, channel(wards=("local.barnet.hill.2014-05-22",)), None)
    assert not may_concern(decider, channel(wards=("childs-hill",)), None)
    assert not may_concern(decider, channel(wards=("hale",)), None)


@pytest.mark.parametrize(
    ("seats", "expected"),
    [((32, 30, 1), 1), ((40, 22, 1), 9), ((31, 31, 1), 1), ((30, 27), 2), ((), 32)],
)
def test_seats_from_changing_hands(seats: tuple[int, ...], expected: int) -> None:
    """A majority of one seat falls with one seat; half of 63 lacks one for a majority of 32."""
    assert seats_from_changing_hands(totals(32, *seats)) == expected


@pytest.mark.parametrize(("within", "told"), [(1, False), (2, True), (3, True)])
def test_near_councils_alone(within: int, told: bool) -> None:  # noqa: FBT001
    """`within_seats` lets through councils that so few seats keep from changing hands."""
    assert may_concern(notice(), channel(within_seats=within), totals(32, 30, 27)) is told


def test_council_without_totals_is_not_near() -> None:
    """Where nothing is known of a council, it is not called near."""
    assert not may_concern(notice(), channel(within_seats=1_000), None)


def test_retraction_passes_every_filter() -> None:
    """Who had the alert is told that it is withdrawn, whatever the filters say by now."""
    retraction = notice(retracts="1" * 32)

    assert may_concern(retraction, channel(kinds=("recount",), councils=("camden",)), None)


@pytest.mark.parametrize(
    ("had", "decision"),
    [
        (None, "skip"),
        ("sent", "send"),
        ("failed", "send"),
        ("withheld", "withhold"),
    ],
)
def test_retraction_goes_to_those_who_may_have_had_it(had: Status | None, decision: str) -> None:
    """A failed attempt may have arrived, so its retraction is sent as well."""
    assert decide(notice(retracts="1" * 32), channel(), had) == decision


@pytest.mark.parametrize("retracts", ["", "1" * 32])
def test_rehearsal_is_withheld_from_a_live_channel(retracts: str) -> None:
    """Whatever is said of a rehearsal never reaches a channel that is not marked for it."""
    rehearsal = notice(mode="rehearsal", retracts=retracts)

    assert decide(rehearsal, channel(), "sent") == "withhold"
    assert decide(rehearsal, channel(rehearsal=True), "sent") == "send"
