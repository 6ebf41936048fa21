"""`/v1/parties`: the parties that have a short name and a colour on the pages."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.pages.known_parties import known_parties, source_of_parties
from services.ticker.routes.caching import JSON, cacheable
from services.ticker.routes.described import REFUSALS, json_of

router = APIRouter(prefix="/v1", tags=["data"], responses=REFUSALS)


class KnownParty(BaseModel):
    """A party that the pages know."""

    model_config = ConfigDict(from_attributes=True)

    party_id: str = Field(description="Democracy Club's id, as in all other data.")
    name: str
    short: str = Field(description="The short name of the pages, such as Lab.")
    colour: str = Field(description="The party's own colour, such as #E4003B.")


class Parties(BaseModel):
    """The parties with a name and a colour of their own, and where those are from.

    The pages darken or lighten the colours, so that they stand out from what is behind them.
    """

    source: str
    parties: list[KnownParty]


@router.get("/parties", responses=json_of(Parties))
async def parties(request: Request) -> Response:
    """Returns the parties with a colour of their own. Every other party has none, and no entry."""
    known = [KnownParty.model_validate(party) for party in known_parties().values()]
    body = Parties(source=source_of_parties(), parties=known)
    return cacheable(request, body.model_dump_json().encode(), JSON)
