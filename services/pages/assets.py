"""The style sheet and the scripts, at addresses that change with their content."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Final

MEDIA_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
}

ASSETS: Final = ("pages.css", "live.js", "entry.js", "invitation.js", "push.js", "sw.js")


@cache
def asset(name: str) -> bytes:
    """Returns a static file's content. Raises KeyError for a name that is not in ASSETS."""
    if name not in ASSETS:
        raise KeyError(name)
    return files("services.pages").joinpath("static", name).read_bytes()


@cache
def asset_url(name: str) -> str:
    """Returns the address of a static file, which a browser may cache for ever."""
    digest = blake2b(asset(name), digest_size=6).hexdigest()
    stem, _, suffix = name.partition(".")
    return f"/static/{stem}.{digest}.{suffix}"
