"""Numbering: the revision under which what a source says now counts."""

from __future__ import annotations

from election.council import Council
from election.declaration import declaration
from election.evidence.agreement import completes
from election.fold import Effects, apply
from election.known_revision import known_revision
from election.rules.certainty import is_final
from schemas.council_result import CouncilDeclared
from schemas.events import Event
from schemas.ward import WardDeclared


def numbered(event: Event, council: Council) -> Event:
    """Returns an event under the revision that makes it count, if it says anything new.

    It keeps the known revision if it repeats or completes what is known under it, and what it
    leaves out stands. But if others would be elected by both together than by the event alone, it
    replaces what is known: somebody is not elected any more.
    """
    known = known_revision(event, council)
    if event.revision > known:
        return event
    again = revised(event, known)
    together, effects = apply(again, council)
    if is_refused(effects):
        return _replacing(event, known + 1, council)
    if not effects.changed or not isinstance(event, WardDeclared):
        return again
    replacing = _replacing(event, known + 1, council)
    ballot = event.ballot_paper_id
    if together.wards[ballot].evidence is not None and known:
        # Beside other sources the new word of one replaces its last, under whatever number.
        return replacing
    alone, effects = apply(replacing, council)
    is_same = _elected(together, ballot) == _elected(alone, ballot)
    return again if is_same or is_refused(effects) else replacing


def _elected(council: Council, ballot: str) -> tuple[dict[str, int], int] | None:
    """Returns the seats that each party has won in a ward, and how many are still to come."""
    found = council.wards[ballot].result
    if found is None:
        return None
    return {party: seats for party, seats in found.seats_won.items() if seats}, found.still_open


def _replacing(event: Event, revision: int, council: Council) -> Event:
    """Returns an event under the next revision. It is a correction if a result is known."""
    again = revised(event, revision)
    if not isinstance(again, WardDeclared | CouncilDeclared) or again.correction is not None:
        return again
    is_known = _is_final(council)
    if isinstance(again, WardDeclared):
        is_known = council.wards[again.ballot_paper_id].result is not None
    return again.model_copy(update={"correction": "transcription"}) if is_known else again


def _is_final(council: Council) -> bool:
    """Returns whether a result of the whole council is known that is no running score."""
    opened = council.opening.opened if council.opening else None
    if opened is None or council.declared is None:
        return False
    return is_final(council.declared, opened.seats_total, opened.seats_vacant)


def other_revision(event: Event, council: Council) -> int:
    """Returns the known revision of an event's subject if it is higher and says something else.

    0 if not.
    """
    known = known_revision(event, council)
    if event.revision >= known:
        return 0
    _, effects = apply(revised(event, known), council)
    return known if effects.changed or is_refused(effects) else 0


def is_refused(effects: Effects) -> bool:
    """Returns whether an event has no effect because it cannot be right or cannot be counted."""
    return effects.aside is not None and not effects.changed


def keeps_all(event: Event, council: Council) -> bool:
    """Returns whether an event states every vote and seat that is known of its subject."""
    if isinstance(event, CouncilDeclared):
        return council.declared is None or event.final or not council.declared.final
    ward = council.wards.get(event.ballot_paper_id) if isinstance(event, WardDeclared) else None
    if not isinstance(event, WardDeclared) or ward is None or ward.declared is None:
        return True
    return completes(ward.declared, declaration(event), ward.system)


def revised(event: Event, revision: int) -> Event:
    """Returns an event under another revision. The first one of a result is no correction."""
    changes: dict[str, object] = {"revision": revision}
    if isinstance(event, WardDeclared | CouncilDeclared) and revision == 1:
        changes["correction"] = None
    return event.model_copy(update=changes)
