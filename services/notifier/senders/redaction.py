"""What a service says of a failure, without the secrets of its URL."""

from __future__ import annotations

import re
from urllib.parse import unquote

HIDDEN = "…"

PIECE_LENGTH_MIN = 4
"""Shorter pieces are words such as `to`; no service has a secret of three characters."""

_SEPARATORS = re.compile(r"[/?&=:@#,;]+")


def redacted(text: str, url: str) -> str:
    """Returns a text in which no piece of a channel's URL is left.

    Of a URL such as `slack://token/token/token/#desk` even the host can be a secret, so all
    behind the scheme is hidden, as it stands in the URL and as it reads unquoted.
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
