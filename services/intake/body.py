"""Reads the body of a request, within limits of size, time and memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request

from services.intake.bodies import Bodies, Body

BODY_MAX_BYTES = 8_388_608
"""The largest body, 8 MiB: some 2,500 wards of 3 kB."""

BODY_TIMEOUT_S = 30.0
"""How long a client may take to send its body, so that slow clients cannot block the server."""


class BodyTooLargeError(Exception):
    """A body is larger than BODY_MAX_BYTES."""


@asynccontextmanager
async def read_body(request: Request, bodies: Bodies) -> AsyncIterator[bytes]:
    """Gives the body of a request, which counts among the bodies for as long as the context lasts.

    Raises BodyTooLargeError as soon as it exceeds BODY_MAX_BYTES, and TimeoutError if the client
    takes longer than BODY_TIMEOUT_S, or is the slowest when bodies take too much memory.
    """
    announced = request.headers.get("content-length", "")
    # At most 16 digits, because a number of more takes long to read.
    if announced.isdecimal() and int(announced[:16]) > BODY_MAX_BYTES:
        raise BodyTooLargeError
    timeout = asyncio.timeout(BODY_TIMEOUT_S)
    with bodies.opened(Body(timeout)) as body:
        async with timeout:
            async for chunk in request.stream():
                bodies.add(body, chunk)
                if body.size_bytes > BODY_MAX_BYTES:
                    raise BodyTooLargeError
            content = bodies.finish(body)
        yield content
