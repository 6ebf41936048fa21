"""`/v1/parties`: the parties that have a short name and a colour on the pages."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.routes.caching import JSON, cacheable
from services.ticker.routes.described import REFUSALS, json_of

router = APIRouter(prefix="/v1", tags=["data"], responses=REFUSALS)


class KnownParty(BaseModel):
    """A party that the pages know."""

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
    return cacheable(request, parties_json(), JSON)


def parties_json() -> bytes:
    """Returns the parties as `Parties` describes them."""
    return _known().model_dump_json().encode()


def party_name(party_id: str) -> str:
    """Returns a party's name by its id; blank for a party that has no entry."""
    return next((each.name for each in _known().parties if each.party_id == party_id), "")


@cache
def _known() -> Parties:
    text = files("services.ticker").joinpath("data/parties.json").read_text(encoding="utf-8")
    return Parties.model_validate(json.loads(text))
