"""Makes text from outside safe to show as one line: in a terminal, a chat or a mail."""

from __future__ import annotations

import unicodedata

SPACE = "Zs"
"""Unicode's category of spaces, such as the no-break space of a typesetter. They hide nothing."""


def printable(text: str) -> str:
    r"""Returns a text on one line, with control characters as escapes such as `\x1b`.

    Otherwise a name could move a terminal's cursor, turn the direction of what follows, or make a
    line of its own that nobody has declared. What has no glyph of its own is escaped too.
    """
    if text.isprintable():
        return text
    return "".join(letter if _is_shown(letter) else _escaped(letter) for letter in text)


def _is_shown(letter: str) -> bool:
    return letter.isprintable() or unicodedata.category(letter) == SPACE


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode()
