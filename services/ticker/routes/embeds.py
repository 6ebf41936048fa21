"""oEmbed: how to show a council, a ward or a night's totals on another site."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Annotated, Final, Literal, get_args
from urllib.parse import SplitResult, parse_qs, urlsplit

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from services.pages.language import Language
from services.ticker.pages.embed import Theme, source_text, with_query
from services.ticker.pages.night_title import night_title
from services.ticker.routes.caching import JSON, cacheable
from services.ticker.routes.context import context_of, public_address
from services.ticker.routes.described import REFUSALS, Problem, json_of
from services.ticker.routes.one_council import council_of
from services.ticker.routes.parameters import SIZE_PX_MAX, URL_CHARS_MAX

router = APIRouter(tags=["embed"], responses=REFUSALS)

Kind = Literal["council", "ward", "headline"]

CACHE_AGE_S: Final = 86_400
"""One day: what an embed is called does not change, and what it shows is its own."""

WIDTH_PX: Final = 600
HEIGHT_PX: Final[dict[Kind, int]] = {"council": 480, "ward": 640, "headline": 640}

NARROW_PX: Final = 480
NARROW_HEIGHT_PX: Final[dict[Kind, int]] = {"council": 720, "ward": 800, "headline": 760}
"""Below NARROW_PX the same takes more lines: the Isle of Wight of 2021 is 659 high at 360 wide."""

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
"""The names of this machine: an address with one of them is the same with another."""

_COUNCIL: Final = r"local\.[a-z0-9-]{1,150}\.[0-9]{4}-[0-9]{2}-[0-9]{2}"
_BALLOT: Final = r"local\.[a-z0-9.-]{1,240}"

_PATHS: Final[dict[Kind, re.Pattern[str]]] = {
    "council": re.compile(rf"/councils/({_COUNCIL})"),
    "ward": re.compile(rf"/councils/({_COUNCIL})/wards/({_BALLOT})"),
    "headline": re.compile(r"/elections/(local\.[0-9]{4}-[0-9]{2}-[0-9]{2})"),
}


class Rich(BaseModel):
    """An embed as oEmbed 1.0 describes it, of the type `rich`."""

    type: Literal["rich"] = "rich"
    version: Literal["1.0"] = "1.0"
    title: str = Field(description="What it shows, with a mark if that is a rehearsal.")
    provider_name: str = Field(description="livecount, and the newsroom if it has a name.")
    provider_url: str
    width: int
    height: int
    cache_age: int = Field(description="Seconds for which the answer stays the same.")
    html: str = Field(default="", description="The frame.")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What an address of ours shows: its kind, its ids, and how it is to look."""

    kind: Kind
    ids: tuple[str, ...]
    theme: str | None
    language: str | None


@router.get(
    "/oembed",
    responses=json_of(Rich)
    | {501: {"model": Problem, "description": "Another format than JSON is not served."}},
)
async def oembed(  # noqa: PLR0913, PLR0917 -- each is a parameter of the query
    request: Request,
    url: Annotated[
        str,
        Query(
            max_length=URL_CHARS_MAX,
            description="The address of a council, a ward or a night here; its `theme` and"
            " `language` are kept.",
        ),
    ],
    maxwidth: Annotated[
        int, Query(ge=1, le=SIZE_PX_MAX, description="The widest that the frame may be.")
    ] = WIDTH_PX,
    maxheight: Annotated[
        int, Query(ge=1, le=SIZE_PX_MAX, description="The highest that the frame may be.")
    ] = 1_000,
    format: Annotated[  # noqa: A002 -- oEmbed's name for it
        str,
        Query(max_length=20, description="json", json_schema_extra={"enum": ["json"]}),
    ] = "json",
    theme: Annotated[
        Theme | None, Query(description="How the frame looks; auto follows the reader's system.")
    ] = None,
    language: Annotated[
        Language | None, Query(description="The language of the frame: `en` or `cy`.")
    ] = None,
) -> Response:
    """Returns an iframe for the address of a council, a ward or a night (oEmbed 1.0, type `rich`).

    As oEmbed asks, a format other than JSON is answered with 501, and an address that is not
    one of this ticker with 404.
    """
    if format != "json":
        raise HTTPException(501, f"format: {format!r}; only json is served")
    ours = public_address(request)
    shown = _shown(_ours(url, ours), theme, language)
    width = min(maxwidth, WIDTH_PX)
    heights = NARROW_HEIGHT_PX if width < NARROW_PX else HEIGHT_PX
    height = min(maxheight, heights[shown.kind])
    rich = Rich(
        title=await _title(request, shown),
        provider_name=source_text(context_of(request).newsroom),
        provider_url=f"{ours}/",
        width=width,
        height=height,
        cache_age=CACHE_AGE_S,
    )
    whole = rich.model_copy(update={"html": _frame(ours, shown, rich)})
    return cacheable(request, whole.model_dump_json().encode(), JSON)


def _frame(ours: str, shown: _Shown, rich: Rich) -> str:
    """Returns the frame of an embed as HTML."""
    path = f"{ours}/embed/{shown.kind}/{'/'.join(shown.ids)}"
    address = with_query(path, theme=shown.theme, language=shown.language)
    return (
        f'<iframe src="{escape(address)}" width="{rich.width}" height="{rich.height}"'
        f' title="{escape(rich.title)}" loading="lazy"></iframe>'
    )


def _ours(url: str, ours: str) -> SplitResult:
    """Returns an address of this ticker; raises HTTPException with 404 for any other."""
    try:
        asked = urlsplit(url)
        is_ours = _place(url) == _place(ours)
    except ValueError as error:
        raise HTTPException(404, f"url: not an address: {error}") from error
    if not is_ours:
        raise HTTPException(404, f"url: not an address of this ticker, which is {ours}")
    return asked


def _place(url: str) -> tuple[str, int | None]:
    """Returns an address's host and unusual port. Raises ValueError if it is none."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = None if parts.port in {80, 443} else parts.port
    return LOOPBACK[0] if host in LOOPBACK else host, port


def _shown(asked: SplitResult, theme: str | None, language: str | None) -> _Shown:
    """Returns what an address shows; raises HTTPException with 404 if that is no embed.

    `theme` and `language` are asked for beside it. Otherwise those of the address count.
    """
    named = parse_qs(asked.query)
    if theme is None:
        theme = next((each for each in named.get("theme", ()) if each in get_args(Theme)), None)
    if language is None:
        found = (each for each in named.get("language", ()) if each in get_args(Language))
        language = next(found, None)
    for kind, path in _PATHS.items():
        match = path.fullmatch(asked.path)
        if match:
            return _Shown(kind, match.groups(), theme, language)
    raise HTTPException(404, "url: expected the address of a council, of a ward or of an election")


async def _title(request: Request, shown: _Shown) -> str:
    """Returns what an embed shows, in words.

    Raises HTTPException: 404 if there is no such council, ward or election, and whatever
    `council_of` raises.
    """
    if shown.kind == "headline":
        state = (await context_of(request).follower(shown.ids[0])).state
        is_rehearsal = state.is_rehearsal
        title = f"Local elections, {night_title(state.election)}"
    else:
        _, council = await council_of(request, shown.ids[0])
        is_rehearsal = council.totals.mode == "rehearsal"
        title = f"{council.totals.name}: council election"
        if shown.kind == "ward":
            found = (ward for ward in council.wards if ward.ballot_paper_id == shown.ids[1])
            ward = next(found, None)
            if ward is None:
                raise HTTPException(404, f"url: {shown.ids[0]} has no ward {shown.ids[1]}")
            title = f"{ward.ward}, {title}"
    return f"REHEARSAL: {title}" if is_rehearsal else title
