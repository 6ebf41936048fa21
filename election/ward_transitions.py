"""What a result, a notice or a decision of the desk changes in one ward of a council."""

from __future__ import annotations

from election.claims import decided, heard, is_of_a_source
from election.conflict import ContradictionError
from election.council import Council
from election.declaration import Declaration, declaration
from election.evidence.agreement import completes, merged
from election.evidence.checks import contradiction
from election.evidence.no_poll import waits_for_the_desk, waits_line
from election.limits import refuse_ballot
from election.no_polls import (
    refuse_against_no_poll,
    refuse_more_than_seats,
    said_no_poll,
    with_notice,
)
from election.room import refuse_too_many_seats
from election.transitions import (
    Transition,
    known_ward,
    refuse_another,
    refuse_jump,
    with_ward,
)
from election.ward import Ward
from schemas.desk import DeskDecided
from schemas.source import DEFAULT_SOURCE
from schemas.ward import WardDeclared, WardStatus


def apply_declaration(event: WardDeclared, council: Council) -> Transition | None:
    """Returns the council with a ward's result; None if the event is stale, or says it again.

    A result of the same revision that adds to the known one completes it. One of a higher
    revision replaces it, and is a correction only if it changes or leaves out what was stated.
    The result of a ballot that no opening lists is kept, and does not count until one does.
    Raises ContradictionError for what cannot be right, and ConflictError if the council has no
    room for the seats, or if another result of the same revision is known.
    """
    ballot = event.ballot_paper_id
    ward = known_ward(council, ballot)
    if is_of_a_source(event, ward):
        return _heard(event, council, ward)
    said = _revised(ward, declaration(event))
    if said is None:
        return None
    refuse_jump(event.revision, ward.declared.revision if ward.declared else 0)
    refuse_ballot(council, ballot)
    wrong = contradiction(ward, said)
    if wrong and said == ward.declared:
        return None
    if wrong:
        raise ContradictionError(wrong)
    refuse_too_many_seats(council, ward, said)
    new = Ward(ballot, ward.contest, said, ward.status, ward.system, ward.counts)
    return with_ward(council, ward, new, "candidates")


def _heard(event: WardDeclared, council: Council, ward: Ward) -> Transition | None:
    evidence = ward.evidence
    known = [claim.said.revision for claim in evidence.claims] if evidence else [0]
    refuse_jump(event.revision, max(known, default=0))
    refuse_ballot(council, event.ballot_paper_id)
    new = heard(event, council, ward)
    if new is None:
        return None
    return with_ward(council, ward, new.ward, "candidates")._replace(
        held=new.held, disputed=new.disputed
    )


def apply_decision(event: DeskDecided, council: Council) -> Transition | None:
    """Returns the council with what the desk decided about a ballot; None if that is stale.

    Raises ConflictError if another decision of the same revision is known.
    """
    ward = known_ward(council, event.ballot_paper_id)
    known = ward.evidence.decision if ward.evidence else None
    refuse_jump(event.revision, known.revision if known else 0)
    refuse_ballot(council, event.ballot_paper_id)
    new = decided(event, council, ward)
    return None if new is None else with_ward(council, ward, new.ward, "figure")


def apply_status(event: WardStatus, council: Council) -> Transition | None:
    """Returns the council with a notice of a ward; None if the event is stale, or says it again.

    That there is no poll is kept, and waits, unless its source is final. Raises ContradictionError
    if such a source says that the poll is countermanded though its result is known, HeldError if
    the desk has decided otherwise, and ConflictError for an uncontested ward with more nominees
    than seats, and if another notice of the same revision is known.
    """
    ballot = event.ballot_paper_id
    ward = known_ward(council, ballot)
    known = ward.status
    if known is not None and event.revision <= known.revision:
        differs = (event.status, event.recount) != (known.status, known.recount)
        refuse_another(event.revision, known.revision, differs=differs)
        return None
    refuse_jump(event.revision, known.revision if known else 0)
    refuse_ballot(council, ballot)
    refuse_more_than_seats(event.status, ward)
    refuse_against_no_poll(event, ward)
    if waits_for_the_desk(event):
        return _no_poll(event, council, ward)
    if event.status == "countermanded" and ward.result is not None and ward.counts:
        raise ContradictionError(
            f"status: countermanded, but a result of {ballot} is known; clear the result first, by"
            " a correction without votes and marks"
        )
    return with_ward(council, ward, with_notice(ward, event), "source")


def _no_poll(event: WardStatus, council: Council, ward: Ward) -> Transition | None:
    new = said_no_poll(event, ward)
    if new == ward:
        return None
    held = new.evidence.held if new.evidence is not None else {}
    why = held.get(event.source_id or DEFAULT_SOURCE, "")
    text = waits_line(event.status, why) if why else ""
    return with_ward(council, ward, new, "source")._replace(held=text)


def _revised(ward: Ward, said: Declaration) -> Declaration | None:
    """Returns the result that is to stand for a ballot; None if it is stale, or says it again.

    What the known one states without being a result, such as a running count, is no obstacle to
    another of the same revision.
    """
    known = ward.declared
    if known is None:
        return said
    if said.revision <= known.revision:
        return None if said.revision < known.revision else _completed(ward, known, said)
    if completes(known, said, ward.system):
        return said._replace(correction=known.correction)
    if said.correction is None and ward.result is not None:
        return said._replace(correction="transcription")
    return said


def _completed(ward: Ward, known: Declaration, said: Declaration) -> Declaration | None:
    """Returns what two results of one revision say together; None if the new one adds nothing."""
    together = merged(known, said, ward.system)
    if together is None and ward.result is None and not ward.tied:
        return said
    refuse_another(said.revision, known.revision, differs=together is None)
    return None if together == known and ward.fits else together
