from __future__ import annotations

from datetime import datetime
from typing import get_args

import pytest

from schemas.alert import Kind
from schemas.examples import ALERT
from schemas.flip import Flip
from schemas.reject import Reason
from schemas.ward import Candidate
from schemas.ward_totals import WardStage, WardTotals
from services.ticker.pages.council_wording import would_have
from services.ticker.pages.desk_wording import reject_reason
from services.ticker.pages.ranking import STAGES
from services.ticker.pages.wording import (
    alert_kind,
    clock,
    clock_with_seconds,
    correction,
    dated,
    declaration,
    feed_clock,
    moving,
    stage_title,
    ward_state,
)
from tests.support.past_night import totals_after

ELECTION = "local.2014-05-22"


def ward(status: str) -> WardTotals:
    """Returns a ward in that state."""
    return WardTotals.model_validate(
        {
            "ballot_paper_id": "local.barnet.childs-hill.2014-05-22",
            "council": "local.barnet.2014-05-22",
            "ward": "Childs Hill",
            "seats_contested": 3,
            "status": status,
        }
    )


def test_every_kind_has_its_own_label() -> None:
    """No kind of alert, reject, stage or ward lacks a label or shares one."""
    for labels in (
        [alert_kind(ALERT.model_copy(update={"kind": kind})) for kind in get_args(Kind)],
        [reject_reason(reason) for reason in get_args(Reason)],
        [stage_title(name) for name in STAGES],
    ):
        assert all(labels)
        assert len(set(labels)) == len(labels)


def test_voters_change_control_only_if_no_ward_to_come_could_give_it_back() -> None:
    """Barnet 2014 was called with Colindale's three seats to come; Wandsworth 2022 is complete."""
    (barnet,) = totals_after("barnet-2014", 1.0)
    boroughs = totals_after("three-boroughs-2022", 1.0)
    wandsworth = next(each for each in boroughs if each.name == "Wandsworth")

    assert (barnet.votes_to_flip, would_have(barnet)) == (38, "Control would still be open with")
    assert wandsworth.votes_to_flip is not None
    assert would_have(wandsworth) == "Control would have changed with"


def test_voters_are_named_by_whom_they_would_have_left_and_gone_to() -> None:
    """Childs Hill 2014; a party without a short name is called by its label."""
    people = [
        Candidate(candidate="Zinkin", party="Conservative Party", party_id="PP52", votes=1536),
        Candidate(candidate="Smith", party="Smith for Hill", votes=1463),
    ]
    flip = Flip(
        ballot_paper_id="local.barnet.childs-hill.2014-05-22",
        ward="Childs Hill",
        seats=1,
        voters=38,
        votes_from=(people[0],),
        votes_to=(people[1],),
    )

    assert moving(flip) == "from Zinkin (Con) to Smith (Smith for Hill)"


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00"])
def test_a_time_that_no_clock_shows_is_left_out(text: str) -> None:
    """The first and last hours that can be written have no time in the UK, and no text."""
    time = datetime.fromisoformat(text)
    expected = ward("waiting").model_copy(update={"expected_at": time})

    assert (clock(time, ELECTION), dated(time)) == ("", "")
    assert ward_state(expected) == "To declare"
    assert clock_with_seconds(10**20, ELECTION) == ""
    assert feed_clock(f"{10**19}-0", ELECTION) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2014-05-22T21:59:00+01:00", "22 May 21.59"),
        ("2014-05-22T22:00:00+01:00", "22.00"),
        ("2014-05-23T03:10:00Z", "04.10"),
        ("2014-05-23T21:59:59+01:00", "21.59"),
        ("2014-05-23T22:00:00+01:00", "23 May 22.00"),
        ("2014-05-25T14:05:00+01:00", "25 May 14.05"),
    ],
)
@pytest.mark.parametrize(
    "of", ["local.2014-05-22", "local.barnet.2014-05-22", "local.barnet.childs-hill.2014-05-22"]
)
def test_a_time_that_is_not_of_the_night_has_its_day(text: str, expected: str, of: str) -> None:
    """The night is the day from when polls close, so that a bare time of day is one moment."""
    assert clock(datetime.fromisoformat(text), of) == expected


def test_every_text_of_a_time_has_the_day_of_another_day() -> None:
    """What is expected, the feed and the way back through the night say it alike."""
    moment = datetime.fromisoformat("2014-05-25T14:05:07+01:00")
    time_ms = int(moment.timestamp() * 1_000)
    expected = ward("waiting").model_copy(update={"expected_at": moment})

    assert ward_state(expected) == "Expected 25 May 14.05"
    assert feed_clock(f"{time_ms}-0", ELECTION) == "25 May 14.05"
    assert clock_with_seconds(time_ms, ELECTION) == "25 May 14.05.07"
    assert clock(moment, "no day at the end") == "25 May 14.05"


@pytest.mark.parametrize(
    ("status", "label"),
    [
        ("waiting", "To declare"),
        ("declared", "Declared"),
        ("recount", "Recount"),
        ("counting", "Counting"),
        ("postponed", "Postponed"),
        ("countermanded", "Poll called off"),
        ("uncontested", "Elected without a vote"),
        ("tied", "Tied, to be decided by lot"),
        ("partial", "0 of 3 seats declared"),
    ],
)
def test_a_wards_state_is_written_in_words(status: str, label: str) -> None:
    """Each state of a count has its words."""
    assert ward_state(ward(status)) == label


def test_a_ward_declared_in_part_says_how_many_of_its_seats_are() -> None:
    """Its other seats are open, so nobody should take it as its result."""
    part = ward("partial").model_copy(update={"seats_won": {"PP52": 1}})

    assert ward_state(part) == "1 of 3 seats declared"
    assert declaration(part) == "Childs Hill: 1 of 3 seats declared, Con 1."


@pytest.mark.parametrize(
    ("status", "fields", "label"),
    [
        ("waiting", {"being_checked": True}, "Being checked"),
        ("counting", {"being_checked": True}, "Being checked"),
        ("countermanded", {"being_checked": True}, "Poll called off"),
        ("declared", {"sources": 1}, "Declared"),
        ("declared", {"sources": 1, "being_checked": True}, "Declared"),
        ("declared", {"sources": 2}, "Declared · confirmed by two sources"),
        ("declared", {"sources": 9}, "Declared · confirmed by 9 sources"),
        ("declared", {"sources": 2, "disputed": True}, "Declared, disputed"),
        ("partial", {"sources": 1, "disputed": True}, "0 of 3 seats declared, disputed"),
    ],
)
def test_what_the_sources_make_of_a_result_is_said_in_words(
    status: str, fields: dict[str, object], label: str
) -> None:
    """Nothing is said of one source; what waits beside a result that stands is the desk's."""
    assert ward_state(ward(status).model_copy(update=fields)) == label


def test_a_result_that_another_source_put_right_says_so_without_a_number() -> None:
    """Each source numbers its own words, so the first of the right one is no revision."""
    right = ward("declared").model_copy(update={"correction": "transcription", "revision": 1})

    assert correction(right) == "A mistake in the earlier report was put right."


def test_a_disputed_ward_is_read_out_as_one() -> None:
    """For those who hear the page."""
    told = ward("declared").model_copy(
        update={"seats_won": {"PP52": 3}, "sources": 2, "disputed": True}
    )

    assert declaration(told) == "Childs Hill: declared, disputed, Con 3."


def test_no_state_of_a_ward_is_forgotten() -> None:
    """The states that the schema allows all have words."""
    for choice in get_args(WardStage):
        for status in get_args(choice) or (choice,):
            assert ward_state(ward(status))
