"""What an opening or the result of a whole council changes in it."""

from __future__ import annotations

from dataclasses import replace

from election.claims import weighed
from election.conflict import ConflictError, ContradictionError
from election.council import Council
from election.evidence.checks import council_contradiction
from election.evidence.whole import WholeStanding, seats_by_party
from election.limits import refuse_ballots, refuse_parties, refuse_size
from election.opened_wards import opened_wards
from election.opening import digest, opening
from election.room import too_many_seats
from election.rules.tally import add_up, opened_tally
from election.snapshot import size_of, whole_size
from election.transitions import (
    Transition,
    refuse_another,
    refuse_jump,
    unopened,
    with_ward,
)
from election.whole_claims import said_of_whole, whole_heard, whole_weighed_again
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared

PARKED_SHOWN_MAX = 20
"""Results that an opening contradicts and that are named; a reject's detail has room for these."""


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
        refuse_another(event.revision, known.opened.revision, differs=differs)
        return None
    refuse_jump(event.revision, council.opening.opened.revision if council.opening else 0)
    wards, parked = opened_wards(event, council.wards, first=council.opening is None)
    refuse_ballots(wards)
    tally = add_up(opened_tally(event.standing), (ward.contribution for ward in wards.values()))
    refuse_parties(tally)
    whole = council.declared
    if whole is not None and council.evidence is None:
        too_many = too_many_seats(whole, event)
        wrong = too_many or council_contradiction(whole, event, tally)
        parked += [wrong] if wrong else []
        if wrong and not too_many and council.opening is None:
            # Whether it or the wards came first is not known, so no call rests on it.
            whole = None
    opened = opening(event)
    size = size_of(opened, whole, wards.values(), council.evidence)
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
    after = replace(_weighed_again(after), version=council.version + 1)
    ballots = tuple(dict.fromkeys((*wards, *council.wards)))
    return Transition(after, ballots, "\n".join(parked[:PARKED_SHOWN_MAX]))


def _weighed_again(council: Council) -> Council:
    """Returns a council that was just opened, with what its sources have said weighed anew."""
    if council.evidence is not None:
        council = _with_whole(council, whole_weighed_again(council))
    for ward in tuple(council.wards.values()):
        if ward.evidence is not None and ward.contest is not None:
            new = weighed(council, ward, ward.evidence.claims, ward.evidence.decision)
            council = with_ward(council, ward, new, "wards").council
    return council


def apply_council_result(event: CouncilDeclared, council: Council) -> Transition | None:
    """Returns the council with its result as a whole; None if the event is stale.

    Raises ContradictionError for what cannot be right beside the wards, and ConflictError for
    more seats than the council has, and if another result of the same revision is known.
    """
    if event.source_id is not None or council.evidence is not None:
        return _whole_heard(event, council)
    known = council.declared
    if known is not None and event.revision <= known.revision:
        differs = seats_by_party(event) != seats_by_party(known)
        refuse_another(event.revision, known.revision, differs=differs)
        if event.revision < known.revision or known.final or not event.final:
            return None
    refuse_jump(event.revision, known.revision if known else 0)
    if council.opening is not None and council.tally is not None:
        opened = council.opening.opened
        wrong = too_many_seats(event, opened)
        if wrong:
            raise ConflictError(wrong)
        wrong = council_contradiction(event, opened, council.tally)
        if wrong:
            raise ContradictionError(wrong)
    size = council.size.with_part(whole_size(known), whole_size(event))
    refuse_size(size, "seats")
    changed = replace(council, version=council.version + 1, declared=event, size=size)
    return Transition(changed, (), unopened(changed))


def _whole_heard(event: CouncilDeclared, council: Council) -> Transition | None:
    """Returns the council with the word of a source about it as a whole; None as its caller."""
    known = [claim.said.revision for claim in said_of_whole(council).claims]
    refuse_jump(event.revision, max(known, default=0))
    new = whole_heard(event, council)
    if new is None:
        return None
    changed = _with_whole(replace(council, version=council.version + 1), new.standing)
    refuse_size(changed.size, "seats")
    return Transition(changed, (), unopened(changed), new.held, new.disputed)


def _with_whole(council: Council, standing: WholeStanding) -> Council:
    """Returns a council with what stands of it as a whole, and what was said of that."""
    before = whole_size(council.declared, council.evidence)
    size = council.size.with_part(before, whole_size(standing.declared, standing.evidence))
    return replace(council, declared=standing.declared, evidence=standing.evidence, size=size)
