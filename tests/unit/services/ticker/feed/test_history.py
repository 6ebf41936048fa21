"""The past of a night of 143 councils and 3,864 wards, which is more than a ring holds."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence

import pytest

from schemas.ward_totals import WardTotals
from services.ticker.broadcast.page_key import CouncilPage, NightPage
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.entry import Entry, milliseconds
from services.ticker.feed.feed_read import FeedRead
from services.ticker.feed.history import STEP_MS, History, step_of
from services.ticker.feed.ring import RING_ENTRIES
from services.ticker.pages.render import render
from tests.support.fed_night import fed
from tests.support.national import national

ELECTION = "local.2021-05-06"
COUNCIL = "local.barnet.2014-05-22"
BALLOT = "local.barnet.childs-hill.2014-05-22"


@pytest.fixture(scope="module")
def england() -> list[Entry]:
    """The feed of England in 2021."""
    return list(fed("england-2021"))


def as_they_were(
    entries: Sequence[Entry], times_ms: Sequence[int]
) -> Iterator[tuple[int, ElectionState]]:
    """Yields each of some times, in order, with the election after the entries until then."""
    state, place = ElectionState(ELECTION), 0
    for time_ms in times_ms:
        while place < len(entries) and milliseconds(entries[place].id) <= time_ms:
            state.apply(entries[place])
            place += 1
        yield time_ms, state


def followed(entries: Sequence[Entry], history: History) -> ElectionState:
    """Returns the election after a ticker has followed a feed from its first entry."""
    state = ElectionState(ELECTION)
    for entry in entries:
        history.append(entry, before=state)
        state.apply(entry)
    return state


def times(first_ms: int, last_ms: int) -> list[int]:
    """Returns some ten steps of a night, its first and last among them."""
    apart = max(STEP_MS, (last_ms - first_ms) // 10 // STEP_MS * STEP_MS)
    return [*range(first_ms, last_ms, apart), last_ms - last_ms % STEP_MS]


def same(then: ElectionState, expected: ElectionState) -> bool:
    """Returns whether two states have the same councils that are open, wards and alerts."""
    ours, theirs = (
        {
            name: (council.totals_json, council.wards_json, council.alerts_json)
            for name, council in state.councils.items()
            if council.totals_json or council.wards_json
        }
        for state in (then, expected)
    )
    return ours == theirs and then.alert_entries == expected.alert_entries


def test_any_time_of_a_large_night_is_as_it_was(england: list[Entry]) -> None:
    """Its pages have the numbers of a count up to then, though the ring has forgotten most."""
    history = History()
    now = followed(england, history)
    assert len(england) > RING_ENTRIES
    assert history.first_ms is not None
    assert history.last_ms is not None
    sys.stdout.write(f"{len(england)} entries in {history.size_bytes} bytes\n")

    for time_ms, expected in as_they_were(england, times(history.first_ms, history.last_ms)):
        then = history.past(now, time_ms)()
        assert same(then, expected)
        shown, counted = (render(state, NightPage()).fragments for state in (then, expected))
        assert shown["progress"] == counted["progress"]
        if then.find("local.sheffield.2021-05-06"):
            page = CouncilPage("local.sheffield.2021-05-06")
            assert render(then, page).orders == render(expected, page).orders


def test_the_past_of_a_large_night_takes_little_memory(england: list[Entry]) -> None:
    """A third of what its entries take as they are."""
    history = History()
    followed(england, history)

    assert history.size_bytes < sum(len(entry.data) for entry in england) / 3
    assert not history.is_cut


def test_what_is_forgotten_is_outside_the_slider_and_the_rest_is_true(
    england: list[Entry],
) -> None:
    """A past that may take six megabytes begins later, and is exact from there."""
    history = History(bytes_max=6_000_000)
    now = followed(england, history)

    assert history.is_cut
    assert history.first_ms is not None
    assert history.last_ms is not None
    assert milliseconds(england[0].id) < history.first_ms < history.last_ms
    assert history.size_bytes < 6_600_000
    for time_ms, expected in as_they_were(england, times(history.first_ms, history.last_ms)):
        assert same(history.past(now, time_ms)(), expected)


@pytest.mark.parametrize("entries_max", [20_000, 8_000])
def test_a_feed_that_is_read_again_is_known_as_far_as_it_goes(
    england: list[Entry], entries_max: int
) -> None:
    """All night if Redis has all of it; if not, from when no ward is in doubt."""
    now = followed(england, History())
    kept = england[-entries_max:]
    read = FeedRead(entries_max=entries_max)
    read.add(kept)
    history = read.history_until(now)
    now.order_alerts(read.alerts)

    assert history.first_ms is not None
    assert history.is_cut == (entries_max < len(england))
    last_ms = milliseconds(england[-1].id)
    for time_ms, expected in as_they_were(england, times(history.first_ms, last_ms)):
        then = history.past(now, time_ms)()
        assert (
            render(then, NightPage()).fragments["progress"]
            == (render(expected, NightPage()).fragments["progress"])
        )


def test_a_ticker_that_read_half_a_feed_knows_what_comes_after(england: list[Entry]) -> None:
    """What was said before it started, and is replaced afterwards, is known until then."""
    half = len(england) // 2
    now = followed(england[:half], History())
    read = FeedRead(entries_max=4_000)
    read.add(england[half - 4_000 : half])
    history = read.history_until(now)
    known_from_ms = history.first_ms
    assert known_from_ms is not None
    for entry in england[half:]:
        history.append(entry, before=now)
        now.apply(entry)

    assert history.first_ms == known_from_ms
    rest = times(step_of(milliseconds(england[half].id)), milliseconds(england[-1].id))
    for time_ms, expected in as_they_were(england, rest):
        then = history.past(now, time_ms)()
        assert (
            render(then, NightPage()).fragments["progress"]
            == (render(expected, NightPage()).fragments["progress"])
        )


def said(seconds: int, kind: str, data: str, council: str = COUNCIL) -> Entry:
    """Returns an entry that was written so many seconds after the beginning."""
    fields = {b"type": kind.encode(), b"council": council.encode(), b"data": data.encode()}
    return Entry.read(f"{seconds * 1_000}-0".encode(), fields)


def ward(status: str = "waiting", seats: int = 3) -> str:
    """Returns a ward as JSON."""
    return WardTotals(
        ballot_paper_id=BALLOT,
        council=COUNCIL,
        ward="Childs Hill",
        seats_contested=seats,
        status=status,  # type: ignore[arg-type]
    ).model_dump_json()


def test_a_ward_that_is_gone_now_is_there_in_the_past() -> None:
    """A page of the past has the wards that were listed then."""
    gone = json.dumps({"council": COUNCIL, "ballot_paper_id": BALLOT})
    history = History()
    now = followed([said(10, "ward", ward()), said(20, "ward_gone", gone)], history)

    before, listed, after = (history.past(now, time_ms)() for time_ms in (0, 10_000, 20_000))
    assert before.councils[COUNCIL].wards_json == {}
    assert list(listed.councils[COUNCIL].wards_json) == [BALLOT]
    assert after.councils[COUNCIL].wards_json == {}


def test_what_could_not_be_read_then_is_missing_then() -> None:
    """And not shown as it was before, or became later."""
    history = History()
    broken = json.dumps({"ballot_paper_id": BALLOT})
    entries = [said(10, "ward", ward()), said(20, "ward", broken), said(30, "ward", ward(seats=2))]
    now = followed(entries, history)

    then = history.past(now, 20_000)().councils[COUNCIL]
    assert (then.wards_json, then.unreadable_wards) == ({}, {BALLOT})
    later = history.past(now, 30_000)().councils[COUNCIL]
    assert (list(later.wards_json), later.unreadable_wards) == ([BALLOT], set())


def test_a_page_of_the_past_has_the_totals_of_then() -> None:
    """And no parts of the night, which only the present has."""
    history = History()
    entries = [
        said(10 * version, "national", national(version).model_dump_json(), "")
        for version in (1, 2, 3)
    ]
    now = followed(entries, history)
    now.nation.parts_json["region:London"] = b"{}"

    before, between, last = (history.past(now, time_ms)() for time_ms in (0, 20_000, 30_000))
    assert before.nation.night is None
    assert between.nation.night == national(2)
    assert between.nation.parts("region") == []
    assert last.nation.night == national(3)
    assert len(last.nation.parts("region")) == 1


@pytest.mark.parametrize("is_told", [True, False])
def test_what_the_feed_was_not_told_of_is_not_shown_as_if_it_had_been_so(
    is_told: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    """What Redis has otherwise than the feed is known from now on, until the feed follows."""
    now = ElectionState(ELECTION)
    for entry in (said(10, "ward", ward()), said(20, "ward", ward(seats=2))):
        now.apply(entry)
    read = FeedRead()
    read.add([said(10, "ward", ward()), said(15, "alert", "{}")])
    history = read.history_until(now)
    assert history.first_ms == 20_000
    assert history.is_cut
    if is_told:
        history.append(said(20, "ward", ward(seats=2)), before=now)

        assert history.first_ms == 10_000
        shown = history.past(now, 10_000)().councils[COUNCIL].wards_json[BALLOT]
        assert shown.decode() == ward()
