"""Ward states: what was said of each ballot of a council, and whether it counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypedDict

from election.council import Council
from election.evidence.claim import Evidence
from election.text.doubts import in_doubt, why_not_counted
from election.ward import Ward
from services.audit.provenance import Entry

State = Literal["none", "partial", "held", "counted", "conflict", "parked"]
"""Where what was said of a ballot stands.

`none`: no result was stated, or the desk lets none stand. `partial`: some or all of its seats are
open, as not all of them are declared, or as a tie awaits the lot. `held`: what was said cannot be
right, or waits for a second source or the desk, so nothing counts. `counted`: it stands in the
totals. `conflict`: a result stands, and another source contradicts it, or what was said last
cannot be right. `parked`: it counts once its council is opened with the ballot.
"""


class WardState(TypedDict):
    """A ballot's state, the sources of what was said, and what is held or disputed of it.

    `sources` say what stands, or what waits if nothing does: the ids of their keys, or for a
    source without one the note that it gave. `held_because` has a line for each source whose word
    waits or contradicts what stands; it is blank if there is none.
    """

    state: State
    sources: list[str]
    held_because: str


def ward_states(council: Council, entries: Iterable[Entry]) -> dict[str, WardState]:
    """Returns the state of each ballot of which anything is known, by ballot id.

    `entries` are the council's declarations in the order of the log.
    """
    said = (each for each in entries if each.type == "ward.declared" and each.status != "repeat")
    last = {each.ballot: each for each in said}
    return {ballot: ward_state(ward, last.get(ballot)) for ballot, ward in council.wards.items()}


def _of_sources(ward: Ward, said: Evidence) -> WardState:
    """Returns the state of a ballot of which others than the `default` source have spoken."""
    sources = [claim.source for claim in said.claims if claim.said.states_anything]
    state: State = "none"
    if ward.contest is None and ward.declared is not None:
        state = "parked"
    elif ward.declared is not None:
        sources = list(said.agreeing or said.sources)
        is_whole = ward.result is not None and not ward.result.still_open
        state = "conflict" if said.disputed else "counted" if is_whole else "partial"
    elif said.held and ward.contest is None:
        state = "parked"
    elif said.is_checked:
        state = "held"
    because = "\n".join(f"{source}: {why}" for source, why in in_doubt(ward).items())
    return {"state": state, "sources": sources, "held_because": because}


def ward_state(ward: Ward, last: Entry | None = None) -> WardState:
    """Returns the state of one ballot; `last` is what was last declared of it, if that is known."""
    declared = ward.declared
    if ward.evidence is not None:
        return _of_sources(ward, ward.evidence)
    sources = [declared.source] if declared and declared.source else []
    held = "" if ward.fits else why_not_counted(ward)
    state: State = "none"
    if declared is not None and ward.contest is None:
        state = "parked"
    elif declared is not None and not ward.fits:
        state = "held"
    elif ward.result is not None:
        state = "partial" if ward.result.still_open else "counted"
    elif declared is not None and declared.states_anything:
        state = "partial"
    if last is not None and last.status == "rejected" and state != "parked":
        state = "held" if ward.result is None else "conflict"
        held = last.detail
    return {"state": state, "sources": sources, "held_because": held}
