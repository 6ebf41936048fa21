"""Transitions: what each event changes in a council, or why it conflicts with what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from election.conflict import ConflictError
from election.council import NOTHING_KNOWN, Council
from election.declaration import declaration, without_origin
from election.limits import refuse_ballot, refuse_ballots, refuse_parties, refuse_size
from election.opening import digest, opening
from election.rules.tally import add_up, opened_tally, replaced
from election.snapshot import result_size, size_of, ward_size
from election.text.phrases import counted
from election.ward import Contest, Ward, contest
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.ward import WardDeclared, WardStatus

REVISIONS_AHEAD_MAX = 100
"""How far a revision may be above the last one known. The highest revision counts, so a mistyped or
malicious one would shut out every later correction; a real result has a handful."""


class Transition(NamedTuple):
    """A council after an event, and the ballots whose ward entries changed."""

    council: Council
    ballots: tuple[str, ...]


def apply_declaration(event: WardDeclared, council: Council) -> Transition | None:
    """Returns the council with a ward's result; None if the event is stale.

    The declaration's own number of seats counts, because a casual vacancy polled with the ward
    adds one. Raises ConflictError if the council has no room for the seats, or if another result
    of the same revision is known.
    """
    ballot = event.ballot_paper_id
    ward = _known(council, ballot)
    known = ward.declared
    if known is not None and event.revision <= known.revision:
        differs = without_origin(declaration(event)) != without_origin(known)
        _refuse_another(event.revision, known.revision, differs=differs)
        return None
    _refuse_jump(event.revision, known.revision if known else 0)
    refuse_ballot(council, ballot)
    opened = _without_nominees(ward.contest)
    new = Ward(ballot, opened, declaration(event), ward.status, ward.system, ward.counts)
    if council.tally is not None and council.opening is not None and ward.counts:
        free = council.opening.opened.seats_total - council.tally.seats - council.tally.not_up
        more = event.seats_contested - ward.contribution.seats
        if more > free:
            raise ConflictError(
                f"seats_contested: {event.seats_contested} in {ballot} are {more} more than were"
                f" counted, but the council has {counted(free, 'seat')} to spare;"
                " correct seats_contested, or open the council again"
            )
    return _with_ward(council, ward, new, "candidates")


def apply_status(event: WardStatus, council: Council) -> Transition | None:
    """Returns the council with a notice of a ward; None if the event is stale.

    Raises ConflictError for an uncontested ward with more nominees than seats, and if another
    notice of the same revision is known.
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
    return _with_ward(council, ward, replace(ward, status=event), "source")


def apply_opening(event: CouncilOpened, council: Council) -> Transition | None:
    """Returns the opened council, with all that is known of its ballots; None if stale.

    A ballot that another listed ballot replaces does not count. One that is not listed any more,
    and of which nothing is known, is gone; it is among those that changed. Raises ConflictError
    if an opening of the same revision with other content is known.
    """
    if council.opening is not None and event.revision <= council.opening.opened.revision:
        known = council.opening
        differs = digest(event) != known.digest
        _refuse_another(event.revision, known.opened.revision, differs=differs)
        return None
    _refuse_jump(event.revision, council.opening.opened.revision if council.opening else 0)
    wards = _opened_wards(event, council.wards)
    refuse_ballots(wards)
    opened = opening(event)
    size = size_of(opened, council.declared, wards.values())
    refuse_size(size, "wards")
    tally = add_up(
        opened_tally(event.standing, event.cycle), (ward.contribution for ward in wards.values())
    )
    refuse_parties(tally)
    version = council.version + 1
    after = replace(council, version=version, opening=opened, wards=wards, tally=tally, size=size)
    return Transition(after, tuple(dict.fromkeys((*wards, *council.wards))))


def apply_council_result(event: CouncilDeclared, council: Council) -> Transition | None:
    """Returns the council with its result as a whole; None if the event is stale.

    Raises ConflictError for more seats than the council has, and if another result of the
    same revision is known.
    """
    known = council.declared
    if known is not None and event.revision <= known.revision:
        _refuse_another(event.revision, known.revision, differs=event.seats != known.seats)
        return None
    _refuse_jump(event.revision, known.revision if known else 0)
    seats = sum(party.seats for party in event.seats)
    if council.opening is not None and seats > council.opening.opened.seats_total:
        raise ConflictError(
            f"seats: {seats} in all, but {council.council} has"
            f" {council.opening.opened.seats_total}; correct seats, or open the council again"
        )
    size = council.size.with_part(result_size(known), result_size(event))
    refuse_size(size, "seats")
    return Transition(replace(council, version=council.version + 1, declared=event, size=size), ())


def _opened_wards(event: CouncilOpened, known: Mapping[str, Ward]) -> dict[str, Ward]:
    replaced_ballots = {ward.replaces for ward in event.wards}
    polled = (ward for ward in event.wards if ward.ballot_paper_id not in replaced_ballots)
    up = sum(ward.seats_contested for ward in polled)
    free = event.seats_total - up - sum(party.seats_not_up or 0 for party in event.standing)
    wards: dict[str, Ward] = {}
    for listed in event.wards:
        ballot = listed.ballot_paper_id
        before = known.get(ballot)
        ward = Ward(
            ballot,
            contest(listed),
            before.declared if before else None,
            before.status if before else None,
            event.electoral_system,
            counts=ballot not in replaced_ballots,
        )
        if ward.declared is not None:
            more = ward.declared.seats_contested - listed.seats_contested
            fits = more <= free
            if fits and ward.counts:
                free -= max(0, more)
            ward = replace(ward, contest=_without_nominees(ward.contest), fits=fits)
        wards[ballot] = ward
    for ballot in sorted(known.keys() - wards.keys()):
        before = known[ballot]
        if before.declared is not None or before.status is not None:
            system = event.electoral_system
            wards[ballot] = Ward(ballot, None, before.declared, before.status, system)
    return wards


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
    return Transition(changed, (new.ballot_paper_id,))


def _without_nominees(opened: Contest | None) -> Contest | None:
    """Returns a contest with only its notable nominees: the declaration has the others."""
    if opened is None:
        return None
    notable = tuple([each for each in opened.nominees if each.office])
    return opened if notable == opened.nominees else opened._replace(nominees=notable)


def _refuse_another(revision: int, known: int, *, differs: bool) -> None:
    if revision == known and differs:
        raise ConflictError(
            f"revision: {revision} is known with other content; give a correction a higher revision"
        )


def _refuse_jump(revision: int, known: int) -> None:
    if revision > known + REVISIONS_AHEAD_MAX:
        raise ConflictError(
            f"revision: {revision} is more than {REVISIONS_AHEAD_MAX} above {known}, the last one"
            " known; number revisions one by one"
        )
