"""Pictures of calls: `card.png` of a night, a council and a ward."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.broadcast.page_key import CouncilPage, NightPage, PageKey, WardPage
from services.ticker.broken import report
from services.ticker.cards.draw import draw
from services.ticker.feed.election_state import ElectionState
from services.ticker.pages.past_pages import PastIsBusyError
from services.ticker.pages.share import card_of
from services.ticker.routes.caching import cacheable
from services.ticker.routes.context import context_of
from services.ticker.routes.one_council import council_of
from services.ticker.routes.parameters import BallotId, CouncilId, ElectionId

router = APIRouter(include_in_schema=False)

PNG: Final = "image/png"

FRESH_FOR_S: Final = 60
"""How long a picture may be kept that was asked for without its version, or with an older one."""

VERSIONED_FRESH_FOR_S: Final = 31_536_000
"""A picture's address changes with what it says, so that it can be kept for a year."""

Version = Annotated[str | None, Query(alias="v", max_length=32)]
"""The version of a picture, as the head of its page gives it; None for whatever is current."""


@router.get("/elections/{election}/card.png")
async def night(request: Request, election: ElectionId, version: Version = None) -> Response:
    """Returns the picture of a night: its councils by who controls them."""
    state = (await context_of(request).follower(election)).state
    return await _card(request, state, NightPage(), version)


@router.get("/councils/{council}/card.png")
async def council(request: Request, council: CouncilId, version: Version = None) -> Response:
    """Returns the picture of a council: its seats by party, and the majority."""
    follower, _ = await council_of(request, council)
    return await _card(request, follower.state, CouncilPage(council), version)


@router.get("/councils/{council}/wards/{ballot}/card.png")
async def ward(
    request: Request, council: CouncilId, ballot: BallotId, version: Version = None
) -> Response:
    """Returns the picture of a ward: who is elected."""
    follower, found = await council_of(request, council)
    if ballot not in found.wards_json:
        raise HTTPException(404, f"there is no ward {ballot}")
    return await _card(request, follower.state, WardPage(council, ballot), version)


async def _card(
    request: Request, state: ElectionState, key: PageKey, version: str | None
) -> Response:
    """Returns a picture, drawn beside the event loop one at a time, and kept.

    Raises HTTPException: 500 if what is stored cannot be drawn, 503 if too many pictures are
    asked for at once.
    """
    try:
        card = card_of(state, key)
        cards = context_of(request).cards
        drawn = await cards.get(card.version, lambda: partial(draw, card))
    except PastIsBusyError as error:
        detail = "Many pictures are drawn just now; try again in a second."
        raise HTTPException(503, detail, headers={"Retry-After": "1"}) from error
    except Exception as error:
        report("page", request.scope["path"], error)
        raise HTTPException(500, "This picture cannot be drawn.") from error
    fresh_for_s = VERSIONED_FRESH_FOR_S if version == card.version else FRESH_FOR_S
    return cacheable(request, drawn, PNG, fresh_for_s)
