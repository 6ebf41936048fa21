"""Transitions: what each event changes in a council, or why it conflicts with what is known."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from election.conflict import ConflictError, ContradictionError
from election.council import NOTHING_KNOWN, Council
from election.declaration import Declaration, declaration
from election.evidence.agreement import completes, merged
from election.evidence.checks import contradiction, council_contradiction
from election.limits import refuse_ballot, refuse_ballots, refuse_parties, refuse_size
from election.opened_wards import opened_wards, unlisted
from election.opening import digest, opening
from election.room import refuse_too_many_seats, too_many_seats
from election.rules.tally import add_up, opened_tally, replaced
from election.snapshot import result_size, size_of, ward_size
from election.text.phrases import counted
from election.ward import Ward
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.ward import WardDeclared, WardStatus

REVISIONS_AHEAD_MAX = 100
"""How far a revision may be above the last one known. The highest revision counts, so a mistyped or
malicious one would shut out every later correction; a real result has a handful."""

PARKED_SHOWN_MAX = 20
"""Results that an opening contradicts and that are named; a reject's detail has room for these."""


class Transition(NamedTuple):
    """A council after an event, and the ballots whose ward entries changed.

    `parked` says why the event, or what it makes doubtful, is kept and does not count. It is
    blank if all counts.
    """

    council: Council
    ballots: tuple[str, ...]
    parked: str = ""


def apply_declaration(event: WardDeclared, council: Council) -> Transition | None:
    """Returns the council with a ward's result; None if the event is stale, or says it again.

    A result of the same revision that adds to the known one completes it. One of a higher
    revision replaces it, and is a correction only if it changes or leaves out what was stated.
    The result of a ballot that no opening lists is kept, and does not count until one does.
    Raises ContradictionError for what cannot be right, and ConflictError if the council has no
    room for the seats, or if another result of the same revision is known.
    """
    ballot = event.ballot_paper_id
    ward = _known(council, ballot)
    said = _revised(ward, declaration(event))
    if said is None:
        return None
    _refuse_jump(event.revision, ward.declared.revision if ward.declared else 0)
    refuse_ballot(council, ballot)
    wrong = contradiction(ward, said)
    if wrong and said == ward.declared:
        return None
    if wrong:
        raise ContradictionError(wrong)
    refuse_too_many_seats(council, ward, said)
    new = Ward(ballot, ward.contest, said, ward.status, ward.system, ward.counts)
    return _with_ward(council, ward, new, "candidates")


def apply_status(event: WardStatus, council: Council) -> Transition | None:
    """Returns the council with a notice of a ward; None if the event is stale.

    Raises ContradictionError if the poll is countermanded though its result is known, and
    ConflictError for an uncontested ward with more nominees than seats, and if another notice of
    the same revision is known.
    """
    ballot = event.ballot_paper_id
    ward = _known(council, ballot)
    known = ward.status
    if known is not None and event.revision <= known.revision:
        differs = (event.status, event.recount) != (known.status, known.recount)
        _refuse_another(event.revision, known.revision, differs=differs)
        return None
    _refuse_jump(event.revision, known.revision if known else 0)
    refuse_ballot(council, ballot)
    nominated = ward.contest.fielded if ward.contest else None
    if event.status == "uncontested" and nominated is not None and ward.contest is not None:
        standing = sum(nominated.values())
        if standing > ward.contest.seats:
            raise ConflictError(
                f"status: uncontested, but {standing} candidates stand for"
                f" {counted(ward.contest.seats, 'seat')} in {ballot};"
                " open the council again without those who withdrew"
            )
    if event.status == "countermanded" and ward.result is not None and ward.counts:
        raise ContradictionError(
            f"status: countermanded, but a result of {ballot} is known; clear the result first, by"
            " a correction without votes and marks"
        )
    return _with_ward(council, ward, replace(ward, status=event), "source")


def apply_opening(event: CouncilOpened, council: Council) -> Transition | None:
    """Returns the opened council, with all that is known of its ballots; None if stale.

    A ballot that another listed ballot replaces does not count. A result that came before the
    opening and contradicts it is kept, and does not count. One that is not listed any more is
    among those that changed. Raises ConflictError if an opening of the same revision with other
    content is known.
    """
    if council.opening is not None and event.revision <= council.opening.opened.revision:
        known = council.opening
        differs = digest(event) != known.digest
        _refuse_another(event.revision, known.opened.revision, differs=differs)
        return None
    _refuse_jump(event.revision, council.opening.opened.revision if council.opening else 0)
    wards, parked = opened_wards(event, council.wards, first=council.opening is None)
    refuse_ballots(wards)
    tally = add_up(opened_tally(event.standing), (ward.contribution for ward in wards.values()))
    refuse_parties(tally)
    whole = council.declared
    if whole is not None:
        too_many = too_many_seats(whole, event)
        wrong = too_many or council_contradiction(whole, event, tally)
        parked += [wrong] if wrong else []
        if wrong and not too_many and council.opening is None:
            # Whether it or the wards came first is not known, so no call rests on it.
            whole = None
    opened = opening(event)
    size = size_of(opened, whole, wards.values())
    refuse_size(size, "wards")
    after = replace(
        council,
        version=council.version + 1,
        opening=opened,
        declared=whole,
        wards=wards,
        tally=tally,
        size=size,
    )
    ballots = tuple(dict.fromkeys((*wards, *council.wards)))
    return Transition(after, ballots, "\n".join(parked[:PARKED_SHOWN_MAX]))


def apply_council_result(event: CouncilDeclared, council: Council) -> Transition | None:
    """Returns the council with its result as a whole; None if the event is stale.

    Raises ContradictionError for what cannot be right beside the wards, and ConflictError for
    more seats than the council has, and if another result of the same revision is known.
    """
    known = council.declared
    if known is not None and event.revision <= known.revision:
        differs = _by_party(event) != _by_party(known)
        _refuse_another(event.revision, known.revision, differs=differs)
        if event.revision < known.revision or known.final or not event.final:
            return None
    _refuse_jump(event.revision, known.revision if known else 0)
    if council.opening is not None and council.tally is not None:
        opened = council.opening.opened
        wrong = too_many_seats(event, opened)
        if wrong:
            raise ConflictError(wrong)
        wrong = council_contradiction(event, opened, council.tally)
        if wrong:
            raise ContradictionError(wrong)
    size = council.size.with_part(result_size(known), result_size(event))
    refuse_size(size, "seats")
    changed = replace(council, version=council.version + 1, declared=event, size=size)
    return Transition(changed, (), _unopened(changed))


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
    _refuse_another(said.revision, known.revision, differs=together is None)
    return None if together == known and ward.fits else together


def _refuse_jump(revision: int, known: int) -> None:
    if revision > known + REVISIONS_AHEAD_MAX:
        raise ConflictError(
            f"revision: {revision} is more than {REVISIONS_AHEAD_MAX} above {known}, the last one"
            " known; number revisions one by one"
        )


def _refuse_another(revision: int, known: int, *, differs: bool) -> None:
    if revision == known and differs:
        raise ConflictError(
            f"revision: {revision} is known with other content; give a correction a higher revision"
        )


def _by_party(event: CouncilDeclared) -> dict[str, int]:
    """Returns what a council's result says of each party with seats, in whatever order."""
    return {each.party_id: each.seats for each in event.seats if each.seats}


def _known(council: Council, ballot: str) -> Ward:
    ward = council.wards.get(ballot)
    if ward is not None:
        return ward
    opened = council.opening.opened if council.opening else None
    return Ward(ballot, system=opened.electoral_system if opened else "plurality")


def _with_ward(council: Council, old: Ward, new: Ward, field: str) -> Transition:
    is_known = old.ballot_paper_id in council.wards
    before = ward_size(old) if is_known else NOTHING_KNOWN
    size = council.size.with_part(before, ward_size(new))
    refuse_size(size, field)
    tally = council.tally
    if tally is not None:
        tally = replaced(tally, old.contribution, new.contribution)
        refuse_parties(tally)
    wards = dict(council.wards)
    wards[new.ballot_paper_id] = new
    changed = Council(
        council.council,
        council.mode,
        council.version + 1,
        council.opening,
        tally,
        council.declared,
        wards,
        council.settled_at,
        council.raised,
        size,
    )
    parked = _unopened(changed)
    if not parked and new.contest is None:
        parked = unlisted(new.ballot_paper_id, council.name)
    if not parked and council.declared is not None:
        parked = _against_whole(council, changed)
    return Transition(changed, (new.ballot_paper_id,), parked)


def _unopened(council: Council) -> str:
    if council.opening is not None:
        return ""
    return f"council: {council.council} has not been opened; kept, and counted once it is"


def _against_whole(before: Council, after: Council) -> str:
    """Returns what is wrong if a ward is the first that the result of its whole council rules out.

    That result stays in force until every ward has declared, so the ward does not count yet.
    """
    wrong = []
    for council in (before, after):
        count = council.count
        whole = count.council_result if count is not None else None
        if count is None or whole is None:
            return ""
        wrong.append(council_contradiction(whole, count.opening.opened, count.tally))
    if wrong[0] or not wrong[1]:
        return ""
    return f"{wrong[1]}; the ward is kept, and counted once every ward has declared"
