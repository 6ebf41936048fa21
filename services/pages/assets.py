"""The style sheet and the scripts, at addresses that change with their content."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Final

from services.pages.themes import Theme, themed

MEDIA_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
}

PARTS: Final = {"live.js": ("aloud.js", "steady.js", "live.js")}
"""Files that are served as one, in this order, so that a page asks for one script."""

ASSETS: Final = (
    *("pages.css", "pages-light.css", "pages-dark.css"),
    *("live.js", "find.js", "entry.js", "invitation.js", "embed.js", "push.js", "sw.js"),
)

THEMED: Final[dict[str, Theme]] = {"pages-light.css": "light", "pages-dark.css": "dark"}
"""The style sheet for pages that are to be light, or dark, whatever the reader's system is."""


@cache
def asset(name: str) -> bytes:
    """Returns a static file's content. Raises KeyError for a name that is not in ASSETS."""
    if name not in ASSETS:
        raise KeyError(name)
    if name in THEMED:
        return themed(asset("pages.css").decode(), THEMED[name]).encode()
    folder = files("services.pages").joinpath("static")
    if name not in PARTS:
        return folder.joinpath(name).read_bytes()
    lines = [
        line.strip()
        for part in PARTS[name]
        for line in folder.joinpath(part).read_text().split("\n")
    ]
    # Comments and indentation are a quarter of what a phone would have to load.
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//")).encode()


@cache
def asset_url(name: str) -> str:
    """Returns the address of a static file, which a browser may cache for ever."""
    digest = blake2b(asset(name), digest_size=6).hexdigest()
    stem, _, suffix = name.partition(".")
    return f"/static/{stem}.{digest}.{suffix}"
