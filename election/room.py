"""Room: whether a council has seats for what was declared."""

from __future__ import annotations

from election.conflict import ConflictError
from election.council import Council
from election.declaration import Declaration
from election.text.phrases import counted
from election.ward import Ward
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared


def refuse_too_many_seats(council: Council, ward: Ward, said: Declaration) -> None:
    """Raises ConflictError if a result has more seats than its council has room for."""
    if council.tally is None or council.opening is None or not ward.counts:
        return
    free = council.opening.opened.seats_total - council.tally.seats - council.tally.not_up
    more = said.seats_contested - ward.contribution.seats
    if more > free:
        raise ConflictError(no_room(ward.ballot_paper_id, said, more, free))


def no_room(ballot: str, said: Declaration, more: int, free: int) -> str:
    """Returns what is wrong with a result that has more seats than its council has to spare."""
    return (
        f"seats_contested: {said.seats_contested} in {ballot} are {more} more than were"
        f" counted, but the council has {counted(free, 'seat')} to spare;"
        " correct seats_contested, or open the council again"
    )


def too_many_seats(declared: CouncilDeclared, opened: CouncilOpened) -> str | None:
    """Returns what is wrong if a result as a whole has more seats than its council."""
    seats = sum(party.seats for party in declared.seats)
    if seats <= opened.seats_total:
        return None
    return (
        f"seats: {seats} in all, but {declared.council} has {opened.seats_total};"
        " correct seats, or open the council again"
    )
