"""The ballots about which the desk can decide."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from schemas.events import Event, encode_event
from schemas.examples import REJECT
from schemas.reject import Reason, Reject
from schemas.ward_totals import WardTotals
from services.ticker.desk.failures import Failures
from services.ticker.desk.undecided import Undecided
from services.ticker.desk.view import render_desk
from tests.support.polls import COUNCIL, ballot, noticed
from tests.support.sources import by, result

NOW = datetime(2026, 5, 8, 1, tzinfo=UTC)
WAITS = "it waits for a second source, or the desk"
NORTH = by("site", "second", result("north", 9, 5))
FIGURES = "PP52 1 (CON) 9, PP53 1 (LAB) 5"


def reject(reason: Reason, event: Event = NORTH, detail: str = WAITS) -> Reject:
    value = encode_event(event)
    return REJECT.model_copy(update={"reason": reason, "detail": detail, "value": value})


def row(**fields: Any) -> WardTotals:
    """Returns the row of a ward of which nothing stands."""
    given = {"council": COUNCIL, "ward": "North Ward", "seats_contested": 1, "status": "waiting"}
    return WardTotals.model_validate({"ballot_paper_id": ballot("north"), **given, **fields})


def undecided(*rejects: Reject, known: WardTotals | None) -> Undecided:
    found = Undecided()
    for each in rejects:
        found.add_reject(each, NOW)
    assert found.settle({ballot("north"): known})
    return found


def test_what_is_held_is_shown_while_it_is_being_checked() -> None:
    """With its source, its figures and the reason; gone once the desk has decided."""
    (shown,) = undecided(reject("held"), known=row(being_checked=True)).ballots()

    assert (shown.name, shown.stands) == ("North Ward, Barsetshire", "")
    (word,) = shown.words
    assert (word.source, word.reason, word.figures, word.why) == ("site", "held", FIGURES, (WAITS,))
    assert undecided(reject("held"), known=row()).ballots() == []


def test_what_is_disputed_is_shown_beside_what_stands() -> None:
    """Until nothing contradicts it any more."""
    standing = row(
        status="declared",
        revision=1,
        sources=1,
        disputed=True,
        candidates=result("north", 5, 9).candidates,
    )
    (shown,) = undecided(reject("conflict"), known=standing).ballots()

    assert shown.stands == "PP52 1 (CON) 5, PP53 1 (LAB) 9"
    assert [word.figures for word in shown.words] == [FIGURES]
    settled = standing.model_copy(update={"disputed": False})
    assert undecided(reject("conflict"), known=settled).ballots() == []


def test_what_is_parked_is_shown_until_its_ballot_is_listed() -> None:
    """Its name is made from its id until then."""
    (shown,) = undecided(reject("parked"), known=None).ballots()

    assert shown.name == "North, Barsetshire"
    assert undecided(reject("parked"), known=row()).ballots() == []


def test_the_last_word_of_each_source_is_shown() -> None:
    """A source that corrects itself is there once."""
    corrected = by("site", "second", result("north", 9, 6))
    other = by("page", "second", result("north", 9, 7))
    found = undecided(
        *(reject("held", event) for event in (NORTH, corrected, other)),
        known=row(being_checked=True),
    )

    assert [(word.source, word.figures[-1]) for word in found.ballots()[0].words] == [
        ("site", "6"),
        ("page", "7"),
    ]


def test_what_is_no_result_or_cannot_be_read_is_left_to_the_rejects() -> None:
    """So is what the desk can decide nothing about."""
    found = Undecided()
    for each in (
        reject("held", by("site", "second", noticed("north", "uncontested"))),
        reject("contradiction"),
        REJECT.model_copy(update={"reason": "held", "value": b"no JSON"}),
    ):
        found.add_reject(each, NOW)

    assert found.wanted == []


def test_nothing_is_shown_before_its_ward_was_looked_up_and_only_the_newest_are_kept() -> None:
    """A repeat of the same rows is no news."""
    found = Undecided(limit=1)
    found.add_reject(reject("held"), NOW)
    assert found.ballots() == []
    found.add_reject(reject("held", by("site", "second", result("south", 9, 5))), NOW)

    assert found.wanted == [(COUNCIL, ballot("south"))]
    assert found.settle({ballot("south"): None})
    assert not found.settle({ballot("south"): None})


def test_the_page_has_both_figures_and_the_commands() -> None:
    """And escapes what others have written."""
    standing = row(
        ward="<b>North",
        status="declared",
        revision=1,
        disputed=True,
        candidates=result("north", 5, 9).candidates,
    )
    found = undecided(reject("conflict"), known=standing)
    view = render_desk(Failures(), found.ballots())
    (name,) = view.orders["undecided"]

    page = view.fragments[name]
    assert "<dt>Stands</dt><dd>PP52 1 (CON) 5, PP53 1 (LAB) 9</dd>" in page
    assert f"<dt>site says</dt><dd>{FIGURES}</dd>" in page
    assert f"livecount review show {ballot('north')}" in page
    assert "&lt;b&gt;North" in page
    assert "To decide: <b>North, Barsetshire" in {each.text for each in view.announcements}
    assert "<dt>To decide</dt><dd><b>1</b></dd>" in view.fragments["desk-state"]


def test_a_ballot_links_to_where_the_desk_decides_if_there_is_such_a_place() -> None:
    """The commands stay beside it."""
    ballots = undecided(reject("held"), known=row(being_checked=True)).ballots()
    with_link = render_desk(Failures(), ballots, "https://desk.example").fragments
    without = render_desk(Failures(), ballots).fragments
    link = f'<a href="https://desk.example/desk/{ballot("north")}">Decide about North Ward'

    assert any(link in html for html in with_link.values())
    assert not any("/desk/" in html for html in without.values())
    assert all("livecount review" in str(each.values()) for each in (with_link, without))
