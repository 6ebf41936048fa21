from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from election.council import Council
from election.fold import apply
from election.snapshot import dump, load
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.alert import Alert
from schemas.council import ControlSpell, Nominee, PartyStanding
from tests.support.polls import (
    CON,
    LAB,
    LD,
    as_a_whole,
    ballot,
    declared,
    folded,
    noticed,
    opened,
    ward,
    won,
)
from tests.support.sources import by, heard

AT = datetime(2026, 5, 8, 3, 0, tzinfo=UTC)
LEADER = Nominee(candidate="PP53 1", party_id=LAB, party="Labour Party", office="Labour leader")


def full_council() -> Council:
    """Returns a council that has a value in every part."""
    north = ward("north", 1, {CON: 1}, ward_gss="E05000001", expected_at=AT, total_electorate=99)
    people = (*(north.candidates or ()), LEADER)
    first = opened(
        north.model_copy(update={"candidates": people}),
        ward("south", 1, {CON: 1, LAB: 1}),
        ward("west"),
        total=5,
        before=LAB,
        standing=(PartyStanding(party_id=LAB, party="Labour Party", seats_eve_of_poll=5),),
        control_history=(ControlSpell(control=LAB, since=1973),),
        council_gss="E07000001",
    )
    lot = declared("north", [(CON, 50), (LAB, 50)], source="a", seq=4, declared_at=AT)
    drawn = replace(lot.candidates[0], tied_vote_winner=True)
    return folded(
        won("elsewhere", LD, revision=2, correction="court"),
        first,
        as_a_whole({CON: 4, LAB: 1}),
        lot.model_copy(
            update={
                "candidates": (drawn, lot.candidates[1]),
                "num_spoilt_ballots": 3,
                "num_turnout_reported": 103,
                "turnout_percentage": 40.25,
                "total_electorate": 100,
            }
        ),
        noticed("south", "recount", recount=2, source="b", seq=5, noticed_at=AT),
        noticed("west", "postponed"),
    )


def test_a_snapshot_restores_an_equal_council() -> None:
    """Nothing is lost or changed, in the council or in its totals."""
    council = full_council()
    again = load(dump(council))

    assert again == council
    assert dump(again) == dump(council)
    assert council_totals(again) == council_totals(council)
    for place in council.wards:
        assert ward_totals(again, place) == ward_totals(council, place)
        assert (
            ward_totals(again, place).model_dump_json()
            == ward_totals(council, place).model_dump_json()
        )


def test_a_restored_council_counts_on_as_the_original_would() -> None:
    """The same event raises and withdraws the same alerts."""
    council = full_council()
    alerts: tuple[Alert, ...] = ()
    for event in (
        won("south", LAB),
        as_a_whole({LAB: 5}, 2),
        declared("north", [(CON, 50), (LAB, 51)], revision=2),
    ):
        straight = apply(event, council)
        assert straight == apply(event, load(dump(council)))
        alerts += straight[1].alerts
    assert {"raise", "retract"} == {alert.action for alert in alerts}


def test_a_snapshot_holds_where_control_was_settled_and_what_did_not_fit() -> None:
    """The ballot that made control certain, and a declaration that the council had no room for."""
    wards = [ward("north", 1, {CON: 1, LAB: 1}), ward("south", 1, {CON: 1, LAB: 1})]
    labelled = won("north", CON, CON)
    people = tuple(
        replace(each, party=f"Party {each.party_id}", elected=each.votes != 100)
        for each in labelled.candidates
    )
    council = folded(
        labelled.model_copy(update={"candidates": people}),
        opened(*wards, before=CON, total=3, not_up={CON: 1}),
        won("south", CON),
    )
    again = load(dump(council))

    assert not council.wards[ballot("north")].fits
    assert council.settled_at == ballot("south")
    assert again == council


def test_a_snapshot_holds_a_council_without_an_opening() -> None:
    """Events that came early survive a restart."""
    council = folded(won("south", LAB), as_a_whole({LAB: 5}))

    assert load(dump(council)) == council


def test_a_snapshot_is_readable() -> None:
    """It is JSON that begins with named fields."""
    state: dict[str, Any] = json.loads(dump(full_council()))

    assert (
        state["council"],
        state["mode"],
        state["version"],
    ) == ("local.barsetshire.2026-05-07", "rehearsal", 6)
    assert [ballot("north"), ballot("south"), ballot("west"), ballot("elsewhere")] == [
        each[0] for each in state["wards"]
    ]


@pytest.mark.parametrize(
    "state",
    [b"", b"rubbish", b"{}", b"[]", b'{"format": 4}', b'{"format": 4, "council": 3}'],
)
def test_bytes_that_are_no_snapshot_are_refused(state: bytes) -> None:
    """The error tells the caller to fold the log anew."""
    with pytest.raises(ValueError, match=r"fold the log anew|Expecting value"):
        load(state)


@pytest.mark.parametrize("other", [1, 2, 3, 5])
def test_a_snapshot_of_another_format_is_refused(other: int) -> None:
    """A newer or older livecount wrote it, whose states may mean something else."""
    stored = dump(full_council()).replace(b'"format":4', b'"format":%d' % other)

    with pytest.raises(ValueError, match=f"format: {other}; expected 4, so fold the log anew"):
        load(stored)


def test_a_snapshot_is_compact() -> None:
    """It has no spaces, no needless escapes and no default values."""
    accented = folded(opened(ward("north", 1)).model_copy(update={"name": "Ynys Môn"}))
    assert "Ynys Môn".encode() in dump(accented)
    assert dump(accented).startswith(b'{"format":4,"council":"local.')

    council = full_council()
    assert council.opening is not None
    assert len(council.opening.digest) == 32

    state = dump(council)
    assert b'", "' not in state
    assert b"electoral_system" not in state
    assert b"correction" not in state


def test_a_snapshot_is_small() -> None:
    """A council of 123 seats, all declared with 12 candidates a ward, takes less than 40 kB."""
    names = [f"ward-number-{number}" for number in range(41)]
    fielded = {CON: 3, LAB: 3, LD: 3, "PP63": 3}
    votes = [(party, 1_000 + place) for party in fielded for place in range(3)]
    council = folded(
        opened(*(ward(name, 3, fielded) for name in names), before=CON),
        *(declared(name, votes, 3) for name in names),
    )

    assert len(dump(council)) < 40_000


def test_people_of_whom_only_words_that_wait_tell_are_stored_once() -> None:
    """Not as nominees and again in the word, so that a night that waits takes little more room."""
    nominees = ward("north", 1, {CON: 1, LAB: 1})
    word = by("tally", "second", declared("north", [(CON, 500), (LAB, 400)]))
    council, effects = heard(opened(nominees), word)

    assert effects.held
    assert dump(council).count(b'"PP52 1"') == 1
    assert load(dump(council)) == council
