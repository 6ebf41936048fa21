"""What one connection of an HTTP server may take: bytes, and seconds for each thing it does.

Each limit is what a client with a poor line needs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

HEADERS_MAX_BYTES: Final = 16_384
"""Request line and headers, 16 KiB, as most servers allow; also trailers after a body."""

PIECE_BYTES: Final = 4_096
"""The least of an unfinished body that the application is given, 4 KiB: it would be woken for
every byte of thousands of slow bodies. So much of each waits here at most."""

PIPELINED_MAX: Final = 16
"""Requests that one client may send ahead. Browsers send none."""

HEADERS_TIMEOUT_S: Final = 10.0
"""From connecting, or a request's first byte, to the end of its headers: packets on a poor line
are lost and sent again for some seconds."""

BODY_TIMEOUT_S: Final = 40.0
"""From the headers to the end of the body. Intake gives up a body after 30 s with an answer; this
is the limit of a body that nobody waits for."""

LINGER_S: Final = 5.0
"""How long a body may go on after its request was refused, so that the client reads the answer."""

READING_TIMEOUT_S: Final = 30.0
"""How long a client may take nothing of a response, or too little of it to free any memory."""

KEEP_ALIVE_S: Final = 30
"""How long an idle connection is kept: for the reader's next page, or the next declaration of a
desk, which declares about once in half a minute."""

IDLE_TIMEOUT_S: Final = KEEP_ALIVE_S + 5.0
"""An idle connection that could not be closed by then has a reader who takes nothing."""


class Stage(Enum):
    """What a connection does, and who has to do something now."""

    HEADERS = auto()
    BODY = auto()
    WORKING = auto()
    SENDING = auto()
    LINGERING = auto()
    IDLE = auto()


TIMEOUTS_S: Final[Mapping[Stage, float]] = {
    Stage.HEADERS: HEADERS_TIMEOUT_S,
    Stage.BODY: BODY_TIMEOUT_S,
    # The application has limits of its own for its work.
    Stage.WORKING: math.inf,
    Stage.SENDING: READING_TIMEOUT_S,
    Stage.LINGERING: LINGER_S,
    Stage.IDLE: IDLE_TIMEOUT_S,
}
