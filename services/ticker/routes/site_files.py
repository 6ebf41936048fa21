"""What browsers, home screens and search engines ask every site for."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.ticker.cards.icon import favicon, touch_icon
from services.ticker.formats.sitemap import Mapped, sitemap, sitemap_index
from services.ticker.routes.caching import cacheable
from services.ticker.routes.context import context_of, public_address
from services.ticker.routes.parameters import ElectionId

router = APIRouter(include_in_schema=False)

ICON_FRESH_FOR_S: Final = 86_400
"""A day: an icon has no version in its address."""

ROBOTS_FRESH_FOR_S: Final = 3_600
"""An hour: search engines ask once a day or so, and keep it that long."""

XML: Final = "application/xml"

ROBOTS: Final = """\
User-agent: *
Disallow: /desk
Disallow: /embed/
Disallow: /live/
Disallow: /oembed
Disallow: /v1/
Disallow: /*?at=
Disallow: /*&at=

Sitemap: {site}/sitemap.xml
"""
"""Search engines read pages. Embeds and pages of the past repeat them, streams never end, and what
is under `/v1` is for programs."""


@router.get("/favicon.ico")
async def icon(request: Request) -> Response:
    """Returns the icon for browsers, which ask for it where no page names one."""
    return cacheable(request, favicon(), "image/vnd.microsoft.icon", ICON_FRESH_FOR_S)


@router.get("/apple-touch-icon.png")
@router.get("/apple-touch-icon-precomposed.png")
async def home_screen_icon(request: Request) -> Response:
    """Returns the icon for home screens; phones ask for it at these paths by themselves."""
    return cacheable(request, touch_icon(), "image/png", ICON_FRESH_FOR_S)


@router.get("/robots.txt")
async def robots(request: Request) -> Response:
    """Returns what search engines may read, and where the site map is."""
    body = ROBOTS.format(site=public_address(request)).encode()
    return cacheable(request, body, "text/plain; charset=utf-8", ROBOTS_FRESH_FOR_S)


@router.get("/sitemap.xml")
async def site_map_index(request: Request) -> Response:
    """Returns where the site map of each election is, rehearsals left out."""
    listed = await context_of(request).summaries_of_elections()
    live = [each.election for each in listed if not each.is_rehearsal]
    body = sitemap_index(public_address(request), live)
    return cacheable(request, body, XML, ROBOTS_FRESH_FOR_S)


@router.get("/sitemap-front.xml")
async def front_map(request: Request) -> Response:
    """Returns the pages that are of no election, as a site map."""
    return cacheable(request, sitemap(public_address(request), ["/"]), XML, ROBOTS_FRESH_FOR_S)


@router.get("/elections/{election}/sitemap.xml")
async def site_map(request: Request, election: ElectionId) -> Response:
    """Returns the pages of an election as a site map; none of them in a rehearsal."""
    state = (await context_of(request).follower(election)).state
    body = sitemap(public_address(request), Mapped(state).paths())
    return cacheable(request, body, XML, ROBOTS_FRESH_FOR_S)
