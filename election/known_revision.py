"""Known revision: the number under which a council holds what an event is about."""

from __future__ import annotations

from election.council import Council
from election.whole_claims import said_of_whole
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.source import DEFAULT_SOURCE
from schemas.ward import WardDeclared, WardStatus


def known_revision(event: Event, council: Council | None) -> int:
    """Returns the revision of what is known of an event's subject; 0 if nothing is."""
    if council is None:
        return 0
    match event:
        case CouncilOpened():
            return council.opening.opened.revision if council.opening else 0
        case CouncilDeclared():
            return _known_whole(event, council)
        case WardDeclared():
            return _known_word(event, council)
        case WardStatus():
            ward = council.wards.get(event.ballot_paper_id)
            return ward.status.revision if ward and ward.status else 0
        case DeskDecided():
            ward = council.wards.get(event.ballot_paper_id)
            decision = ward.evidence.decision if ward and ward.evidence else None
            return decision.revision if decision else 0


def _known_word(event: WardDeclared, council: Council) -> int:
    """Returns the revision of the last word of an event's source about its ballot."""
    ward = council.wards.get(event.ballot_paper_id)
    if ward is None or ward.evidence is None:
        return ward.declared.revision if ward and ward.declared else 0
    source = event.source_id or DEFAULT_SOURCE
    return next((each.said.revision for each in ward.evidence.claims if each.source == source), 0)


def _known_whole(event: CouncilDeclared, council: Council) -> int:
    """Returns the revision of the last word of an event's source about its council as a whole."""
    source = event.source_id or DEFAULT_SOURCE
    claims = said_of_whole(council).claims
    return next((each.said.revision for each in claims if each.source == source), 0)
