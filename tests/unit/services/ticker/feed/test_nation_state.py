"""What councils come to together, in memory while the night goes on."""

from __future__ import annotations

import pytest

from schemas.national import NationalParty, NationalTotals
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.entry import Entry
from services.ticker.feed.ring import Ring
from tests.support.national import national, night_alert, part
from tests.support.ticking import ELECTION


def said(number: int, kind: str, data: str, council: str = "") -> Entry:
    """Returns an entry that was written so many milliseconds after the beginning."""
    fields = {b"type": kind.encode(), b"council": council.encode(), b"data": data.encode()}
    return Entry.read(f"{number}-0".encode(), fields)


def counted(number: int) -> Entry:
    """Returns the entry of the night's totals at a version, which is also its time."""
    return said(number, "national", national(number).model_dump_json())


def night(state: ElectionState) -> NationalTotals:
    found = state.nation.night
    assert found is not None
    return found


def test_the_night_is_what_the_feed_said_last() -> None:
    """Each entry has all of it; the same again changes nothing."""
    state = ElectionState(ELECTION)
    for entry in (counted(1), counted(2)):
        assert not state.contains(entry)
        state.apply(entry)

    assert state.contains(counted(2))
    assert night(state) == national(2)
    assert state.councils == {}
    assert state.nation.has_version(2)
    assert not state.nation.has_version(3)
    assert not state.nation.has_version(None)


def test_the_event_of_a_night_stays_small_though_a_hundred_parties_stand() -> None:
    """It has who holds or lost a council, and who has one seat in a hundred; the data has all."""
    base = national(1)
    rows = (
        NationalParty(party_id="PP53", councils=1, seats_won=1, seats_won_covers=1),
        NationalParty(party_id="PP52", lost_to={"PP53": 1}),
        NationalParty(party_id="PP90", seats_won=10, seats_won_covers=1),
        *(
            NationalParty(party_id=f"Residents {number}", seats_won=9, seats_won_covers=1)
            for number in range(100)
        ),
    )
    councils = base.councils.model_copy(update={"seats_declared": 1_000})
    whole = base.model_copy(update={"parties": rows, "councils": councils})
    entry = said(1, "national", whole.model_dump_json())
    event = NationalTotals.model_validate_json(entry.frame.decode().partition("data: ")[2])

    assert [party.party_id for party in event.parties] == ["PP53", "PP52", "PP90"]
    assert event.councils == councils
    assert NationalTotals.model_validate_json(entry.data) == whole


def test_an_alert_of_the_night_is_of_no_council() -> None:
    """It is among the election's alerts, once."""
    state = ElectionState(ELECTION)
    alert = said(1, "alert", night_alert().model_dump_json())
    for _ in range(2):
        state.apply(alert)

    assert [data for _, data in state.alert_entries] == [alert.data]
    assert state.councils == {}

    state.order_alerts([alert])
    assert [data for _, data in state.alert_entries] == [alert.data]


@pytest.mark.parametrize(
    ("kind", "data", "council"),
    [
        ("national", "{}", ""),
        ("national", national().model_dump_json(), "local.nowhere.2014-05-22"),
        ("alert", night_alert().model_dump_json(), "local.nowhere.2014-05-22"),
    ],
)
def test_what_is_of_the_night_and_names_a_council_cannot_be_read(
    kind: str, data: str, council: str
) -> None:
    """Nor can what another version wrote. It is not sent."""
    entry = said(1, kind, data, council)

    assert (entry.kind, entry.frame) == ("unreadable", b"")


def test_totals_that_cannot_be_read_replace_those_that_could() -> None:
    """Those are out of date."""
    state = ElectionState(ELECTION)
    for entry in (counted(1), said(2, "national", "{}")):
        state.apply(entry)

    assert state.nation.night is None
    assert state.nation.is_unreadable
    assert state.nation.has_version(2)
    assert not state.nation.has_version(None)


def test_only_the_newest_totals_of_the_night_are_sent_to_whoever_resumes() -> None:
    """Each replaces those before, and has all parties; other entries are all sent."""
    ring = Ring()
    alert = said(15, "alert", night_alert().model_dump_json())
    for entry in (counted(10), alert, counted(20), counted(30)):
        ring.append(entry)

    missed = ring.after("0-0")

    assert missed is not None
    assert [entry.id for entry in missed if entry.frame] == ["15-0", "30-0"]
    assert [entry.id for entry in missed] == ["10-0", "15-0", "20-0", "30-0"]


def test_parts_are_listed_by_kind_and_name() -> None:
    """As JSON."""
    state = ElectionState(ELECTION)
    for each in (part("region", "Wales"), part("nation", "Wales"), part("region", "London")):
        key = f"{each.kind}:{each.name}"
        state.nation.parts_json[key] = each.model_dump_json().encode()

    found = [NationalTotals.model_validate_json(data).name for data in state.nation.parts("region")]

    assert found == ["London", "Wales"]
