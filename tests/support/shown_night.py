"""A night as a ticker has it in memory, counted by the rules without Kafka and Redis."""

from __future__ import annotations

from collections.abc import Iterable

from election.council import Council
from election.fold import apply
from election.totals import council_totals
from election.ward_totals import ward_totals
from readers.night import load_night
from schemas.events import Event
from services.ticker.feed.election_state import CouncilState, ElectionState

AT = "1400800500000-0"
"""The feed id that the night is at: 23 May 2014, 00.15 in the UK."""


def shown(events: Iterable[Event], at: str = AT) -> ElectionState:
    """Returns the election that events lead to. All of them must be of one election."""
    councils: dict[str, Council] = {}
    for event in events:
        councils[event.council], _ = apply(event, councils.get(event.council))
    state = ElectionState("", at=at)
    for council in councils.values():
        totals = council_totals(council)
        assert totals is not None
        state.election = totals.election
        state.councils[totals.council] = CouncilState(
            totals.model_dump_json().encode(),
            {
                ballot: ward_totals(council, ballot).model_dump_json().encode()
                for ballot in council.wards
            },
        )
    return state


def night_shown(name: str, portion: float) -> ElectionState:
    """Returns a night of the repository after a portion of its events, from 0 to 1."""
    night = load_night(name)
    events = list(night.on_the_night)
    return shown([*night.openings, *events[: int(portion * len(events))]])
