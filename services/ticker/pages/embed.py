"""What a page in a frame on another site has that others do not: a theme, a source, a way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

Theme = Literal["auto", "light", "dark"]
"""How a frame looks: like the reader's system, or like the page around it."""


@dataclass(frozen=True, slots=True)
class Embed:
    """A page in a frame. `source` is whose numbers they are, `page` the address of all of them."""

    theme: Theme
    source: str
    page: str


def source_text(newsroom: str) -> str:
    """Returns whose numbers an embed shows; `newsroom` is blank where nobody has set it."""
    return f"livecount, {newsroom}" if newsroom else "livecount"


def with_query(address: str, **values: str | None) -> str:
    """Returns an address with those values that there are as its query."""
    query = urlencode({name: value for name, value in values.items() if value is not None})
    return f"{address}?{query}" if query else address
