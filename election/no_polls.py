"""No polls: what a notice, or the desk, changes on a ballot on which nobody votes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from election.conflict import ConflictError, HeldError
from election.council import Council
from election.evidence.claim import REFUSED, Decision, Evidence, NoPoll
from election.evidence.no_poll import is_refused, ruled_no_poll, waiting, waits_line
from election.said_of_ballot import evidence_of, refuse_one_more
from election.text.phrases import counted
from election.ward import Ward
from schemas.source import DEFAULT_SOURCE
from schemas.ward import MOVES_SEATS, Status, WardStatus


def refuse_more_than_seats(status: Status, ward: Ward) -> None:
    """Raises ConflictError for an uncontested ward with more nominees than seats."""
    contest = ward.contest
    if status != "uncontested" or contest is None or contest.fielded is None:
        return
    standing = sum(contest.fielded.values())
    if standing > contest.seats:
        raise ConflictError(
            f"status: uncontested, but {standing} candidates stand for"
            f" {counted(contest.seats, 'seat')} in {ward.ballot_paper_id};"
            " open the council again without those who withdrew"
        )


def refuse_against_no_poll(event: WardStatus, ward: Ward) -> None:
    """Raises HeldError if a notice says otherwise than the desk, or would undo that nobody votes.

    The latter is for sources that are trusted as final, and for the desk.
    """
    decision = ward.evidence.decision if ward.evidence is not None else None
    ruled, stands = ruled_no_poll(decision), ward.status.status if ward.status else None
    if ruled is not None and event.status != ruled:
        raise HeldError(
            f"status: {event.status}, but the desk has decided that {ward.ballot_paper_id} is"
            f" {ruled}; let it decide again"
        )
    is_final = event.trust in {None, "final"}
    if not is_final and stands in MOVES_SEATS and event.status not in MOVES_SEATS:
        raise HeldError(
            f"status: {event.status}, but {ward.ballot_paper_id} is {stands}, and only the desk or"
            " a source that is trusted as final says otherwise"
        )
    if is_final and is_refused(event.status, decision):
        raise HeldError(f"{waits_line(event.status, REFUSED)}; let it decide again")


def said_no_poll(event: WardStatus, ward: Ward) -> Ward:
    """Returns a ward with the word of a source that there is no poll, which waits for the desk.

    Within one source the latest word stands, and a result is another than this: raises
    ConflictError if its source has said one that it has not taken back, and if the ballot has more
    sources than it may have.
    """
    evidence, source = evidence_of(ward), event.source_id or DEFAULT_SOURCE
    if any(each.source == source and each.said.states_anything for each in evidence.claims):
        raise ConflictError(
            f"status: {event.status}, but {source} has said a result of {ward.ballot_paper_id};"
            " take that back first, by a correction without votes and marks"
        )
    refuse_one_more(evidence, source)
    said = NoPoll(event.trust or "final", event.status)
    return _with_no_polls(ward, evidence, {**evidence.no_polls, source: said})


def with_notice(ward: Ward, event: WardStatus) -> Ward:
    """Returns a ward with a notice that counts, which its source says in place of no poll."""
    # Whose word a notice is was weighed before, and no snapshot keeps it.
    notice = event
    if event.source_id is not None:
        notice = event.model_copy(update={"source_id": None, "trust": None})
    noticed, evidence = replace(ward, status=notice), ward.evidence
    if evidence is None or not evidence.no_polls:
        return noticed
    source = event.source_id or DEFAULT_SOURCE
    no_polls = {name: said for name, said in evidence.no_polls.items() if name != source}
    return _with_no_polls(noticed, evidence, no_polls)


def with_ruled_status(ward: Ward, known: Decision, decision: Decision, council: Council) -> Ward:
    """Returns a ward with the status that the desk has decided about.

    It stands whoever says it, and whether or not anybody has said it yet. Once the desk decides
    otherwise nothing of it stands. Raises ConflictError if it cannot be.
    """
    before, after = ruled_no_poll(known), ruled_no_poll(decision)
    stands = ward.status.status if ward.status is not None else None
    if after is None:
        if stands is not None and (stands == before or is_refused(stands, decision)):
            return replace(ward, status=None)
        return ward
    refuse_more_than_seats(after, ward)
    if stands == after:
        return ward
    notice = WardStatus(
        council=council.council,
        ballot_paper_id=ward.ballot_paper_id,
        mode=council.mode,
        revision=(ward.status.revision if ward.status is not None else 0) + 1,
        status=after,
        source="decided by the desk",
    )
    return replace(ward, status=notice)


def _with_no_polls(ward: Ward, evidence: Evidence, no_polls: Mapping[str, NoPoll]) -> Ward:
    held = {name: why for name, why in evidence.held.items() if name not in evidence.no_polls}
    waits = waiting(no_polls, evidence.decision, ward.status.status if ward.status else None)
    return replace(ward, evidence=evidence._replace(held={**held, **waits}, no_polls=no_polls))
