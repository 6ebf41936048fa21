"""Removes the secrets of a channel's URL from what a service says about a failure."""

from __future__ import annotations

import re
from urllib.parse import unquote

HIDDEN = "…"

PIECE_LENGTH_MIN = 4
"""Shorter pieces of a URL are not hidden: they are words such as `to`, and no service has secrets
of three characters."""

_SEPARATORS = re.compile(r"[/?&=:@#,;]+")


def redacted(text: str, url: str) -> str:
    """Returns a text with every piece of a channel's URL hidden.

    Even the host can be a secret, as in `slack://token/token/token/#desk`, so everything after
    the scheme is hidden, both as it is in the URL and with its percent-encoding decoded.
    """
    pieces = {
        form
        for piece in _SEPARATORS.split(url.partition("://")[2])
        for form in (piece, unquote(piece))
        if len(form) >= PIECE_LENGTH_MIN
    }
    for piece in sorted(pieces, key=lambda each: (-len(each), each)):
        text = text.replace(piece, HIDDEN)
    return text
