"""Which channel is sent which notice."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.alert import Beat
from schemas.examples import ALERT, TOTALS, WARD_TOTALS
from services.notifier.ledger import Status
from services.notifier.notice import NoticeKind, of_alert, of_ward
from services.notifier.routing import decide, may_concern, why_withheld
from tests.support.notices import channel, notice
from tests.support.notifier_receivers import a_milestone


@pytest.mark.parametrize(
    ("filters", "is_sent"),
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
def test_every_filter_must_agree(filters: dict[str, Any], is_sent: bool) -> None:  # noqa: FBT001
    """A channel is sent what passes all of its filters; an empty filter passes everything."""
    assert may_concern(notice(), channel(**filters), None) is is_sent


@pytest.mark.parametrize(
    ("filters", "is_sent"),
    [
        ({}, True),
        ({"councils": ("barnet",)}, True),
        ({"councils": ("E09000003",)}, True),
        ({"councils": ("camden",)}, False),
        ({"wards": ("childs-hill",)}, True),
        ({"wards": ("hale",)}, False),
        ({"parties": ("PP90",)}, True),
        ({"parties": ("PP53",)}, False),
        ({"within_seats": 1}, True),
    ],
)
def test_ward_results_pass_the_same_filters(filters: dict[str, Any], is_sent: bool) -> None:  # noqa: FBT001
    """The result of a ward is known by its council's id, name and GSS code, ward and winners."""
    ward = of_ward(WARD_TOTALS, TOTALS)

    assert may_concern(ward, channel(kinds=("declared",), **filters), TOTALS) is is_sent


@pytest.mark.parametrize("kind", ["declared", "rejected"])
def test_what_is_not_an_alert_must_be_named(kind: str) -> None:
    """Ward results and rejected input go only to channels that name them."""
    assert not may_concern(notice(kind=kind), channel(), None)
    assert may_concern(notice(kind=kind), channel(kinds=(kind,)), None)


def test_rejected_input_passes_the_other_filters() -> None:
    """Rejected input belongs to no council, so filters for councils do not hide it."""
    desk = channel(kinds=("rejected",), councils=("barnet",), within_seats=2)

    assert may_concern(notice(kind="rejected", council=""), desk, None)


def test_decider_concerns_the_ward_it_is_about() -> None:
    """An alert that Barnet hangs on Hill goes to channels for Hill, and to those of no other ward.

    Not to those of the ward that caused it, nor to those of a ward whose name contains "Hill".
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


@pytest.mark.parametrize(("within", "is_sent"), [(1, False), (2, True), (3, True)])
def test_within_seats_passes_only_close_councils(within: int, is_sent: bool) -> None:  # noqa: FBT001
    """`within_seats` passes councils that this number of seats, or fewer, would change."""
    totals = TOTALS.model_copy(update={"seats_to_change": 2})

    assert may_concern(notice(), channel(within_seats=within), totals) is is_sent


def test_a_council_without_totals_is_not_close() -> None:
    """If nothing is known of a council, `within_seats` does not pass it."""
    assert not may_concern(notice(), channel(within_seats=1_000), None)


def test_retraction_passes_every_filter() -> None:
    """Whoever had the alert is sent its retraction, whatever the filters say by now."""
    retraction = notice(retracts="1" * 32)

    assert may_concern(retraction, channel(kinds=("recount",), councils=("camden",)), None)


@pytest.mark.parametrize(
    ("retracted", "decision"),
    [
        (None, "skip"),
        ("sent", "send"),
        ("failed", "send"),
        ("withheld", "withhold"),
    ],
)
def test_retraction_goes_to_those_who_may_have_had_the_alert(
    retracted: Status | None, decision: str
) -> None:
    """A failed attempt may have arrived, so its retraction is sent as well."""
    assert decide(notice(retracts="1" * 32), channel(), retracted) == decision


@pytest.mark.parametrize("retracts", ["", "1" * 32])
def test_rehearsal_is_withheld_from_a_live_channel(retracts: str) -> None:
    """No notice of a rehearsal reaches a channel that is not marked `rehearsal`."""
    rehearsal = notice(mode="rehearsal", retracts=retracts)

    assert decide(rehearsal, channel(), "sent") == "withhold"
    assert decide(rehearsal, channel(rehearsal=True), "sent") == "send"


@pytest.mark.parametrize(
    ("fields", "is_sent"),
    [
        ({"change": True}, True),
        ({"change": False}, False),
        ({"change": None}, False),
        ({"kind": "result", "change": True}, True),
        ({"kind": "incumbent_out", "change": True}, True),
        ({"kind": "knife_edge", "change": None}, False),
        ({"change": False, "retracts": "1" * 32}, True),
    ],
    ids=str,
)
def test_a_channel_can_ask_for_changes_of_control_only(
    fields: dict[str, Any],
    is_sent: bool,  # noqa: FBT001
) -> None:
    """Gains, losses and who is out; a withdrawal always, as others decide who had the alert."""
    assert may_concern(notice(**fields), channel(changes_only=True), None) is is_sent


@pytest.mark.parametrize(
    ("filters", "decision"),
    [
        ({}, "withhold"),
        ({"kinds": ("control", "incumbent_out")}, "withhold"),
        ({"changes_only": True}, "withhold"),
        ({"kinds": ("incumbent_out",)}, "send"),
        ({"url": "", "webhook": "https://cms.example/"}, "send"),
    ],
    ids=str,
)
def test_out_and_the_gain_of_the_same_event_are_one_message(
    filters: dict[str, Any], decision: str
) -> None:
    """The gain says it as well, to people who are sent it; machines are sent every alert."""
    out = notice(kind="incumbent_out", change=True, told_by="2" * 32)
    alone = notice(kind="incumbent_out", change=True)

    assert decide(out, channel(**filters), None) == decision
    assert decide(alone, channel(**filters), None) == "send"


def test_an_alert_carries_whether_control_changes_and_who_tells_it() -> None:
    """As the aggregator publishes it."""
    alert = ALERT.model_copy(update={"change": True, "told_by": "2" * 32})

    assert (of_alert(alert).change, of_alert(alert).told_by) == (True, "2" * 32)


def test_what_is_withheld_has_its_reason() -> None:
    """In the ledger, for whoever asks why nothing came."""
    desk = channel(rehearsal=True)

    assert why_withheld(notice(doubt="mode"), desk) == "mode"
    assert why_withheld(notice(mode="rehearsal"), channel()) == "rehearsal; the channel is live"
    assert why_withheld(notice(mode="rehearsal", retracts="1" * 32), desk) == (
        "what it withdraws was withheld"
    )
    assert why_withheld(notice(told_by="2" * 32), desk) == (
        "told by the control alert of the same event"
    )


@pytest.mark.parametrize(
    ("filters", "is_sent"),
    [
        ({}, True),
        ({"kinds": ("control",)}, False),
        ({"kinds": ("milestone",)}, True),
        ({"councils": ("barnet",)}, False),
        ({"wards": ("childs-hill",)}, False),
        ({"within_seats": 1_000}, False),
        ({"parties": ("PP53",)}, False),
        ({"changes_only": True}, False),
        ({"kinds": ("control", "milestone"), "councils": ("barnet",)}, True),
        ({"kinds": ("milestone",), "wards": ("childs-hill",)}, True),
        ({"kinds": ("milestone",), "within_seats": 1}, True),
        ({"kinds": ("milestone",), "parties": ("PP53",)}, True),
    ],
    ids=str,
)
def test_a_milestone_goes_where_nothing_limits_it(filters: dict[str, Any], is_sent: bool) -> None:  # noqa: FBT001
    """It is of no council: a channel that is limited to some is sent it only if it names it."""
    assert may_concern(of_alert(a_milestone()), channel(**filters), None) is is_sent


@pytest.mark.parametrize(("party", "is_sent"), [("PP53", True), ("PP52", False)])
def test_a_milestone_of_a_party_passes_a_filter_for_parties(party: str, is_sent: bool) -> None:  # noqa: FBT001
    """Whether the channel names the kind or not."""
    labour = of_alert(a_milestone(to="PP53"))

    assert may_concern(labour, channel(parties=(party,)), None) is is_sent
    assert may_concern(labour, channel(parties=(party,), kinds=("milestone",)), None) is is_sent


def test_a_digest_of_the_night_goes_only_to_channels_that_name_it() -> None:
    """It comes every quarter of an hour, whether or not much has changed."""
    digest = of_alert(a_milestone(kind="night"))

    assert not may_concern(digest, channel(), None)
    assert may_concern(digest, channel(kinds=("night",), councils=("barnet",)), None)


@pytest.mark.parametrize(("kind", "beat"), [("control", "flash"), ("result", "final")])
def test_a_channel_can_ask_for_flashes_or_finals_alone(kind: NoticeKind, beat: Beat) -> None:
    """Each beat is one kind of alert; with `changes_only`, those of changes of control alone."""
    desk = channel(kinds=(kind,))
    changes = channel(kinds=(kind,), changes_only=True)
    for other, has in (("control", "flash"), ("result", "final"), ("decider", None)):
        told = notice(kind=other, beat=has, change=False)
        assert may_concern(told, desk, None) is (has == beat)
        assert not may_concern(told, changes, None)
    assert may_concern(notice(kind=kind, beat=beat, change=True), changes, None)
