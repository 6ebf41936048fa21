"""One council of a request: its election, and its state."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.requests import Request

from schemas.ids import check_council_id, election_of
from services.ticker.feed.election_state import CouncilState, ElectionState
from services.ticker.routes.context import context_of


def election_of_council(council: str) -> str:
    """Returns a council's election. Raises HTTPException with 404 if that is no council's id."""
    try:
        return election_of(check_council_id(council))
    except ValueError as error:
        raise HTTPException(404, f"council: {error}") from error


async def one_council(request: Request, council: str) -> tuple[ElectionState, CouncilState]:
    """Returns a council, and the election that it is of.

    Raises HTTPException: 404 if there is none of that id, 500 if what is stored of it cannot be
    read, 503 if Redis cannot be reached.
    """
    state = (await context_of(request).follower(election_of_council(council))).state
    found = state.find(council)
    if found is None and council in state.unreadable:
        raise HTTPException(500, f"council: what is stored of {council} cannot be read")
    if found is None:
        raise HTTPException(404, f"council: no council {council} has been opened")
    return state, found
