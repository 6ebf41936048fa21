"""The style sheet in one theme: light or dark, whatever the reader's system prefers."""

from __future__ import annotations

import re
from typing import Final, Literal

Theme = Literal["light", "dark"]

_PREFERS: Final = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)")
_SCHEME: Final = re.compile(r"(?<![\w-])color-scheme\s*:\s*light dark")

_ALWAYS: Final = "(min-width: 0)"
_NEVER: Final = "(max-width: 0)"
"""What holds for every screen, and for none, in a condition that may have further parts."""


def themed(styles: str, theme: Theme) -> str:
    """Returns a style sheet that follows the system, as one that always has a theme.

    It is made from the one that follows, so that there is only one place for each colour.
    """
    decided = _PREFERS.sub(lambda found: _ALWAYS if found[1] == theme else _NEVER, styles)
    return _SCHEME.sub(f"color-scheme: {theme}", decided)
