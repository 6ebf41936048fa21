"""Ward states: what was said of each ballot of a council, and whether it counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypedDict

from election.council import Council
from election.evidence.checks import contradiction
from election.ward import Ward
from services.audit.provenance import Entry

State = Literal["none", "partial", "held", "counted", "conflict", "parked"]
"""Where what was said of a ballot stands.

`none`: no result was stated. `partial`: some or all of its seats are open, as not all of them are
declared, or as a tie awaits the lot. `held`: what was said cannot be right, so nothing counts.
`counted`: it stands in the totals. `conflict`: a result stands, and what was said last contradicts
it, or cannot be right. `parked`: it counts once its council is opened with the ballot.
"""


class WardState(TypedDict):
    """A ballot's state, the source of what was said, and why it is held; blank if it is not."""

    state: State
    sources: list[str]
    held_because: str


def ward_states(council: Council, entries: Iterable[Entry]) -> dict[str, WardState]:
    """Returns the state of each ballot of which anything is known, by ballot id.

    `entries` are the council's declarations in the order of the log.
    """
    said = (each for each in entries if each.type == "ward.declared" and each.status != "repeat")
    last = {each.ballot: each for each in said}
    return {ballot: _state(ward, last.get(ballot)) for ballot, ward in council.wards.items()}


def why_not_counted(ward: Ward) -> str:
    """Returns why a listed ballot's result does not count; blank if it does, or if there is none.

    That is so if it came before the opening and contradicts it.
    """
    said = ward.declared
    if said is None or ward.fits:
        return ""
    return contradiction(ward, said) or (
        f"seats_contested: {said.seats_contested} in {ward.ballot_paper_id} are more than the"
        " council has room for; correct seats_contested, or open the council again"
    )


def _state(ward: Ward, last: Entry | None) -> WardState:
    declared = ward.declared
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
