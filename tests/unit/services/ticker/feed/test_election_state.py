"""An election in memory while wards come and go."""

from __future__ import annotations

import json

import pytest

from schemas.ward_totals import WardTotals
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.entry import Entry

COUNCIL = "local.barnet.2014-05-22"
BALLOT = "local.barnet.childs-hill.2014-05-22"


def said(number: int, kind: str, data: str) -> Entry:
    """Returns an entry that was written so many milliseconds after the beginning."""
    fields = {b"type": kind.encode(), b"council": COUNCIL.encode(), b"data": data.encode()}
    return Entry.read(f"{number}-0".encode(), fields)


@pytest.fixture
def listed() -> Entry:
    """An entry by which a ward is listed."""
    ward = WardTotals(
        ballot_paper_id=BALLOT,
        council=COUNCIL,
        ward="Childs Hill",
        seats_contested=3,
        status="waiting",
    )
    return said(1, "ward", ward.model_dump_json())


@pytest.fixture
def gone() -> Entry:
    """An entry by which it is gone."""
    return said(2, "ward_gone", json.dumps({"council": COUNCIL, "ballot_paper_id": BALLOT}))


def test_a_ward_that_is_gone_is_no_longer_there(listed: Entry, gone: Entry) -> None:
    """Whether it could be read or not; and that it is gone changes something only once."""
    state = ElectionState("local.2014-05-22")
    state.apply(listed)
    assert not state.contains(gone)
    state.apply(gone)

    assert state.councils[COUNCIL].wards_json == {}
    assert state.contains(gone)

    state.councils[COUNCIL].unreadable_wards.add(BALLOT)
    state.apply(gone)
    assert state.councils[COUNCIL].unreadable_wards == set()


def test_a_ward_that_is_gone_but_cannot_be_told_changes_nothing(listed: Entry) -> None:
    """An entry from another version takes no ward with it."""
    state = ElectionState("local.2014-05-22")
    state.apply(listed)
    state.apply(said(2, "ward_gone", "{}"))

    assert list(state.councils[COUNCIL].wards_json) == [BALLOT]
    assert state.at == "2-0"
