"""What an opening or the result of a whole council changes in it."""

from __future__ import annotations

from dataclasses import replace

from election.claims import weighed
from election.conflict import ConflictError, ContradictionError
from election.council import Council
from election.evidence.checks import council_contradiction
from election.limits import refuse_ballots, refuse_parties, refuse_size
from election.opened_wards import opened_wards
from election.opening import digest, opening
from election.room import too_many_seats
from election.rules.tally import add_up, opened_tally
from election.snapshot import result_size, size_of
from election.transitions import (
    Transition,
    refuse_another,
    refuse_jump,
    unopened,
    with_ward,
)
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
    after = replace(_weighed_again(after), version=council.version + 1)
    ballots = tuple(dict.fromkeys((*wards, *council.wards)))
    return Transition(after, ballots, "\n".join(parked[:PARKED_SHOWN_MAX]))


def _weighed_again(council: Council) -> Council:
    """Returns a council that was just opened, with what its sources have said weighed anew."""
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
    known = council.declared
    if known is not None and event.revision <= known.revision:
        differs = _by_party(event) != _by_party(known)
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
    size = council.size.with_part(result_size(known), result_size(event))
    refuse_size(size, "seats")
    changed = replace(council, version=council.version + 1, declared=event, size=size)
    return Transition(changed, (), unopened(changed))


def _by_party(event: CouncilDeclared) -> dict[str, int]:
    """Returns what a council's result says of each party with seats, in whatever order."""
    return {each.party_id: each.seats for each in event.seats if each.seats}
