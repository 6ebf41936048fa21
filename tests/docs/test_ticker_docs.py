from __future__ import annotations

import re

from fastapi.routing import APIRoute

from services.ticker.broadcast.subscribers import CLIENTS_MAX
from services.ticker.feed.ring import RING_ENTRIES
from services.ticker.routes import alerts, api, formats, national, stream
from tests.support.checkout import CHECKOUT

DOCS = CHECKOUT / "docs"


def test_every_path_of_the_data_is_documented() -> None:
    """The reference names each path under /v1, and no other."""
    page = (DOCS / "reference" / "ticker-api.md").read_text(encoding="utf-8")
    served = {
        route.path
        for router in (api.router, alerts.router, national.router, formats.router, stream.router)
        for route in router.routes
        if isinstance(route, APIRoute) and route.path.startswith("/v1")
    }
    named = set(re.findall(r"^\| `(/v1/[^`]+)` \|", page, re.MULTILINE))

    assert served - {"/v1/stream"} == named
    assert "`GET /v1/stream?election=…`" in page


def test_the_documented_limits_are_the_limits() -> None:
    """The page's figures of streams and entries are those of the code."""
    page = (DOCS / "reference" / "ticker-api.md").read_text(encoding="utf-8")

    assert f"{CLIENTS_MAX:,} streams a process" in page
    assert f"{RING_ENTRIES:,} entries back" in page


def test_every_picture_in_the_guide_exists() -> None:
    """No picture of the embedding guide is missing."""
    guide = DOCS / "guides" / "embedding.md"
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", guide.read_text(encoding="utf-8"))

    assert pictures
    assert all((guide.parent / picture).is_file() for picture in pictures)
