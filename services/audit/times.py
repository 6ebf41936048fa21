"""Times as people type them on the command line."""

from __future__ import annotations

from datetime import datetime

from schemas.uk_time import parse_time


def parse_as_of(text: str) -> datetime:
    """Returns the time that ISO 8601 text names; without an offset it is UK time.

    Raises ValueError that names the text and says what to give.
    """
    try:
        return parse_time(text)
    except ValueError as error:
        raise ValueError(f"as-of: {text!r}; give a time such as 2014-05-23T05:10") from error
