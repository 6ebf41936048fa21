"""What an address that does not exist may have meant."""

from __future__ import annotations

import re
from typing import Final

from fastapi import HTTPException
from starlette.requests import Request

from schemas.ids import from_slug
from services.ticker.broken import report
from services.ticker.finding.names import NamedPlace
from services.ticker.routes.context import context_of

NEAR_MAX: Final = 5
"""Suggestions on a page that says there is no such page: what fits beside the search."""

PATH_CHARS_MAX: Final = 500
"""Characters of a path in which ids are looked for: the address of a ward has fewer."""

_ID: Final = re.compile(r"local\.[a-z0-9.-]{1,200}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


async def near_matches(request: Request) -> list[NamedPlace]:
    """Returns the councils and wards that an address which does not exist may have meant.

    They are of the election that the address names, if that is followed, else of the latest one
    that is. No election is loaded for it, so that wrong addresses cost little.
    """
    context = context_of(request)
    named = _id_in(request)
    words = words_of(named) if named else request.scope["path"].rpartition("/")[2][:100]
    if not words:
        return []
    asked = [_election_in(named)] if named else []
    for election in (*asked, *sorted(context.followers.names(), reverse=True)):
        follower = context.followers.followed(election)
        if follower is not None:
            try:
                return await context.finder.near(words, follower.state, NEAR_MAX)
            except Exception as error:  # noqa: BLE001 -- the page is shown without suggestions
                report("page", f"suggestions of {election}", error)
                return []
    return []


def words_of(identifier: str) -> str:
    """Returns the words in the id of a council or of a ballot, the most particular part only.

    `local.durham.2021-05-06` gives `Durham`; the id of an election has none.
    """
    parts = [part for part in identifier.split(".")[1:] if part and not _DAY.fullmatch(part)]
    named = [part for part in parts if part != "by"]
    return from_slug(named[-1]) if named else ""


async def election_of_address(request: Request) -> str:
    """Returns the election that an address names, to search in it; blank if there is none such."""
    election = _election_in(_id_in(request))
    try:
        return election if election in await context_of(request).elections() else ""
    except HTTPException:
        return ""


def _id_in(request: Request) -> str:
    """Returns the last id in a request's path, the most particular; blank if there is none."""
    ids: list[str] = _ID.findall(request.scope["path"][:PATH_CHARS_MAX])
    return ids[-1] if ids else ""


def _election_in(identifier: str) -> str:
    """Returns the election of the day that an id ends with; none that exists if it has no day."""
    return f"local.{identifier[-10:]}"
