"""The style sheet and the scripts, at addresses that change with their content."""

from __future__ import annotations

import re
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Final

import brotli

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


_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)

BROTLI_QUALITY: Final = 11
"""The best: it takes a tenth of a second, once in the life of a process."""


@cache
def asset(name: str) -> bytes:
    """Returns a static file's content. Raises KeyError for a name that is not in ASSETS."""
    if name not in ASSETS:
        raise KeyError(name)
    if name in THEMED:
        return themed(asset("pages.css").decode(), THEMED[name]).encode()
    folder = files("services.pages").joinpath("static")
    parts = [folder.joinpath(part).read_text() for part in PARTS.get(name, (name,))]
    text = _COMMENT.sub("", "\n".join(parts)) if name.endswith(".css") else "\n".join(parts)
    lines = [line.strip() for line in text.split("\n")]
    # Comments and indentation are a quarter of what a phone would have to load.
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//")).encode()


@cache
def brotli_asset(name: str) -> bytes:
    """Returns a static file's content in Brotli. Raises KeyError for what is not in ASSETS."""
    return bytes(brotli.compress(asset(name), quality=BROTLI_QUALITY))


@cache
def asset_url(name: str) -> str:
    """Returns the address of a static file, which a browser may cache for ever."""
    digest = blake2b(asset(name), digest_size=6).hexdigest()
    stem, _, suffix = name.partition(".")
    return f"/static/{stem}.{digest}.{suffix}"
