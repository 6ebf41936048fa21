"""Doubts: why what is known of a ward or a council does not count, or is disputed."""

from __future__ import annotations

from election.council import Council
from election.evidence.checks import contradiction
from election.evidence.no_poll import waits_line
from election.opened_wards import unlisted
from election.text.figures import figures_line, seats_wait_line
from election.transitions import unopened
from election.ward import Ward
from election.whole_claims import said_of_whole
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.events import Event
from schemas.reject import Reason
from schemas.source import DEFAULT_SOURCE
from schemas.ward import WardDeclared, WardStatus


def in_doubt(ward: Ward) -> dict[str, str]:
    """Returns why the word of a source waits or is disputed, by source; empty if none does."""
    said, declared = ward.evidence, ward.declared
    if said is None:
        return {}
    doubts = dict(said.held)
    if declared is not None:
        stands = f"{', '.join(said.sources)}: {figures_line(declared)}"
        for claim in said.claims:
            if claim.source in said.disputed:
                doubts[claim.source] = f"{figures_line(claim.said)}, but what stands is by {stands}"
    return doubts


def not_counted(event: Event, council: Council) -> tuple[Reason, str] | None:
    """Returns why what an event says is known, but does not count; None if it counts.

    Reason and words are those of the reject that it was when it came.
    """
    waits = _waits(event, council)
    if waits:
        return "held", waits
    parked = _parked(event, council)
    return ("parked", parked) if parked else None


def _waits(event: Event, council: Council) -> str:
    """Returns why the word of an event's source waits; blank if it does not."""
    if isinstance(event, CouncilDeclared):
        why = said_of_whole(council).held.get(event.source_id or DEFAULT_SOURCE)
        return seats_wait_line(event, why) if why else ""
    if not isinstance(event, WardDeclared | WardStatus):
        return ""
    ward = council.wards.get(event.ballot_paper_id)
    if ward is None or ward.evidence is None:
        return ""
    source = event.source_id or DEFAULT_SOURCE
    why = ward.evidence.held.get(source, "")
    if isinstance(event, WardDeclared):
        return why
    said = ward.evidence.no_polls.get(source)
    is_its_word = said is not None and said.status == event.status
    return waits_line(event.status, why) if why and is_its_word else ""


def _parked(event: Event, council: Council) -> str:
    """Returns why what an event says is kept until more is known; blank if it is not."""
    if isinstance(event, CouncilOpened):
        return ""
    if council.opening is None or isinstance(event, CouncilDeclared):
        return unopened(council)
    ward = council.wards.get(event.ballot_paper_id)
    if ward is None:
        return ""
    if ward.contest is None:
        return unlisted(event.ballot_paper_id, council.name)
    return why_not_counted(ward) if isinstance(event, WardDeclared) else ""


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
