"""Makes text from outside safe to show in a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""Returns a text on one line, with control characters as escapes such as `\x1b`.

    Otherwise a name in a file could move the cursor, clear the screen or hide what follows.
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )
