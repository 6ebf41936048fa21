"""Alerts on pages: what readers are told, what editors are shown, and how all of them are found."""

from __future__ import annotations

import pytest

from schemas.alert import Alert
from schemas.alert_seats import AlertSeats
from schemas.examples import ALERT, WARD_TOTALS
from services.ticker.broadcast.page_key import (
    KINDS,
    AlertKinds,
    AlertPage,
    AlertsPage,
    NightPage,
    UnknownPageError,
    page_key_text,
    parse_page_key,
)
from services.ticker.feed.election_state import CouncilState, ElectionState
from services.ticker.pages.alert_kinds import PAGE_ALERTS
from services.ticker.pages.alert_view import AlertPlace, alert_fragments
from services.ticker.pages.render import ALERTS_SHOWN, render
from tests.support.past_night import totals_after

PARAGRAPH = "Labour have lost control of Sheffield. No party can win a majority."
LINE = "LAB LOSE Sheffield to NOC: LAB 37, LD 28"


def numbered(number: int, **given: object) -> Alert:
    """Returns an alert with an id of its own."""
    return ALERT.model_copy(update={"id": f"{number:032x}", "retracts": None, **given})


def state_of(*alerts: Alert) -> ElectionState:
    """Returns an election that has told these alerts."""
    state = ElectionState("local.2014-05-22")
    for number, alert in enumerate(alerts, 1):
        data = alert.model_dump_json().encode()
        state.alert_entries.append((f"{number}-0", data))
        state.councils.setdefault(alert.council or "", CouncilState()).alerts_json.append(data)
    return state


def shown(alert: Alert, place: AlertPlace, *others: Alert) -> str:
    """Returns an alert as a page has it."""
    entries = [("1-0", each) for each in (alert, *others)]
    return alert_fragments(state_of(alert, *others), entries, place)[f"alert-{alert.id}"]


FLASH = numbered(
    1,
    action="raise",
    text=LINE,
    beat="flash",
    paragraph=PARAGRAPH,
    seats=(
        AlertSeats(party_id="PP53", party="Labour Party", seats=37),
        AlertSeats(party_id="PP90", party="Liberal Democrats", seats=28),
    ),
)
FINAL = FLASH.model_copy(
    update={
        "id": f"{2:032x}",
        "kind": "result",
        "beat": "final",
        "seats": (AlertSeats(party_id="PP53", party="Labour Party", seats=40, change=-5),),
    }
)


@pytest.mark.parametrize("place", ["night", "council", "alerts", "alert"])
def test_readers_get_the_paragraph_and_editors_the_line(place: AlertPlace) -> None:
    """The line that reporters print is on each page, folded away where the public reads."""
    html = shown(FLASH, place)

    assert f'<p class="alert-text">{PARAGRAPH}</p>' in html
    assert LINE in html
    assert (html.index("<details") < html.index(LINE)) == (place in {"night", "alerts"})


def test_an_alert_without_a_paragraph_has_its_line() -> None:
    """As an older version wrote it."""
    older = numbered(1, action="raise", text=LINE, paragraph="", seats=(), beat=None)
    html = shown(older, "night")

    assert "<b>LAB LOSE Sheffield to NOC:</b> LAB 37, LD 28" in html
    assert "<details" not in html


def test_a_call_and_a_full_result_are_told_apart_in_words() -> None:
    """And each has its table: so far in the one, with the change in the other."""
    flash, final = shown(FLASH, "night"), shown(FINAL, "night")

    assert ">Called</span>" in flash
    assert "Seats so far</th>" in flash
    assert "Change</th>" not in flash
    assert ">Full result</span>" in final
    assert "<td>40</td><td>−5</td>" in final


def test_a_withdrawn_alert_is_struck_through_with_what_withdrew_it() -> None:
    """Its paragraph and its line."""
    withdrawal = numbered(9, action="retract", retracts=FLASH.id, ward="Manor", cause_revision=2)
    html = shown(FLASH, "council", withdrawal)

    assert f"<s>{PARAGRAPH}</s>" in html
    assert f"<s>{LINE}</s>" in html
    assert f'href="#alert-{withdrawal.id}">what came of Manor in revision 2' in html
    assert f"/alerts/{withdrawal.id}" in shown(FLASH, "alerts", withdrawal)
    assert ">Withdrawn</span>" in shown(withdrawal, "night")


def test_a_decider_links_to_the_ward_that_the_council_hangs_on() -> None:
    """Not to the one whose result made it so."""
    council = WARD_TOTALS.council
    alert = numbered(
        1,
        action="raise",
        kind="decider",
        council=council,
        ballots=(WARD_TOTALS.ballot_paper_id,),
        cause="local.barnet.east-barnet.2014-05-22",
        ward="East Barnet",
    )
    state = state_of(alert)
    data = WARD_TOTALS.model_dump_json().encode()
    state.councils[council].wards_json[WARD_TOTALS.ballot_paper_id] = data
    html = alert_fragments(state, [("1-0", alert)], "night")[f"alert-{alert.id}"]

    assert f'/wards/{WARD_TOTALS.ballot_paper_id}">{WARD_TOTALS.ward}</a>' in html
    assert "East Barnet" not in html


def test_every_alert_is_on_one_page_of_all_of_them() -> None:
    """The pages from the oldest stay as they are; the newest has the newest first."""
    alerts = [numbered(number, action="raise") for number in range(1, 2 * PAGE_ALERTS + 8)]
    state = state_of(*alerts)
    pages = [render(state, AlertsPage("all", page)).orders["alerts"] for page in (1, 2, 3)]
    newest = render(state, AlertsPage("all"))

    assert [name for page in pages for name in reversed(page)] == [
        f"alert-{alert.id}" for alert in alerts
    ]
    assert newest.orders["alerts"][0] == f"alert-{alerts[-1].id}"
    assert len(newest.orders["alerts"]) == PAGE_ALERTS
    assert "/alerts?page=2" in newest.fragments["alert-pages"]
    for page in (0, 4):
        with pytest.raises(UnknownPageError):
            render(state, AlertsPage("all", page))


def test_each_kind_that_the_night_page_names_is_there_in_full() -> None:
    """However many other alerts came since; what withdraws a call is with the calls."""
    change = numbered(1, action="raise", kind="control", change=True)
    hold = numbered(2, action="raise", kind="control", change=False)
    result = numbered(3, action="raise", kind="result")
    withdrawal = numbered(4, action="retract", kind="control", retracts=change.id)
    others = [numbered(10 + n, action="raise", kind="knife_edge") for n in range(ALERTS_SHOWN)]
    state = state_of(change, hold, result, withdrawal, *others)
    of_kinds: dict[AlertKinds, list[Alert]] = {
        "changes": [withdrawal, change],
        "control": [withdrawal, hold, change],
        "results": [result],
    }

    links = render(state, NightPage()).fragments["alert-kinds"]
    for kinds, expected in of_kinds.items():
        view = render(state, AlertsPage(kinds))
        assert view.orders["alerts"] == tuple(f"alert-{alert.id}" for alert in expected)
        assert f"/alerts?kinds={kinds}" in links
        assert f"<b>{len(expected)}</b>" in links
    assert "withdrawn" in render(state, AlertsPage("changes")).fragments[f"alert-{change.id}"]


def test_an_alert_has_a_page_of_its_own_also_when_it_is_old_or_withdrawn() -> None:
    """With what withdrew it below; there is none for an id that no alert has."""
    old = numbered(1, action="raise")
    withdrawal = numbered(2, action="retract", retracts=old.id)
    state = state_of(old, withdrawal, *(numbered(10 + n, action="raise") for n in range(100)))
    view = render(state, AlertPage(old.id))

    assert view.orders["alerts"] == (f"alert-{old.id}", f"alert-{withdrawal.id}")
    assert "<s>" in view.fragments[f"alert-{old.id}"]
    assert f"/alerts/{old.id}" in render(state, AlertsPage("all", 1)).fragments[f"alert-{old.id}"]
    with pytest.raises(UnknownPageError):
        render(state, AlertPage("f" * 32))


@pytest.mark.parametrize(
    "key",
    [AlertPage("0" * 32), *(AlertsPage(kinds, page) for kinds in KINDS for page in (None, 1, 70))],
)
def test_the_key_of_a_page_of_alerts_is_read_as_it_was_written(key: AlertPage | AlertsPage) -> None:
    """So its stream is that of the page."""
    assert parse_page_key(page_key_text(key)) == key


@pytest.mark.parametrize("text", ["alerts some", "alerts all 0", "alerts all x", "alerts all 1 2"])
def test_a_key_that_no_page_of_alerts_has_is_refused(text: str) -> None:
    """As any other is."""
    with pytest.raises(ValueError, match="not the key of a page"):
        parse_page_key(text)


def test_changes_of_control_are_said_first_and_in_few_words() -> None:
    """So is what withdraws a call; everything else comes after."""
    given = {"name": "Bristol", "kind": "control", "from_": "PP53", "to": "NOC", "change": True}
    lost = numbered(1, action="raise", outcome="loss_to_noc", **given)
    taken_back = numbered(2, action="retract", retracts=lost.id, **given)
    close = numbered(3, action="raise", kind="knife_edge", text="Fir: by 1 vote; 1 voter")
    told = numbered(4, action="raise", kind="incumbent_out", told_by=lost.id)
    view = render(state_of(lost, taken_back, close, told), AlertsPage("all"))

    said = {(each.rank, each.about, each.name, each.text) for each in view.announcements}
    assert (0, "Labour lose", "Bristol", lost.text) in said
    assert (0, "Withdrawn, the call of", "Bristol", lost.text) in said
    assert (2, "", "", "Fir: by 1 vote") in said
    assert len(said) == 3


def test_a_night_that_is_complete_is_the_result() -> None:
    """Before, it is the night so far, and its title says how far."""
    (barnet,) = totals_after("barnet-2014", 1.0)
    done = barnet.model_copy(update={"wards_declared": barnet.wards_total})
    checked = done.model_copy(update={"wards_being_checked": 1})
    for totals, heading, title in (
        (barnet, "The night so far", "1 of 1 councils decided, 22 May 2014"),
        (checked, "The night so far", "1 of 1 councils decided, 22 May 2014"),
        (done, "The result", "22 May 2014: the result"),
    ):
        state = ElectionState("local.2014-05-22")
        state.councils[totals.council] = CouncilState(totals.model_dump_json().encode())
        fragments = render(state, NightPage()).fragments

        assert heading in fragments["results-title"]
        assert f'data-title="{title}"' in fragments["phase"]
        assert ("data-over" in fragments["phase"]) == (totals is done)
