"""One council of a request: its election, and its state."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.requests import Request

from schemas.ids import check_council_id, election_of
from services.ticker.feed.election_state import CouncilState
from services.ticker.feed.follower import Follower
from services.ticker.routes.context import context_of


def polled_in(council: str) -> str:
    """Returns a council's election. Raises HTTPException with 404 if that is no council's id."""
    try:
        return election_of(check_council_id(council))
    except ValueError as error:
        raise HTTPException(404, f"council: {error}") from error


async def council_of(request: Request, council: str) -> tuple[Follower, CouncilState]:
    """Returns a council that has been opened, and the follower of its election.

    Raises HTTPException: 404 if there is no such council, 500 if it cannot be read, and whatever
    `AppContext.follower` raises.
    """
    follower = await context_of(request).follower(polled_in(council))
    found = follower.state.find(council)
    if found is None and council in follower.state.unreadable:
        raise HTTPException(500, f"council: what is stored of {council} cannot be read")
    if found is None:
        raise HTTPException(404, f"council: no council {council} has been opened")
    return follower, found
