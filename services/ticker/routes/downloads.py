"""Answers of several megabytes, which are made while they are sent, and only so many at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import structlog
from fastapi import HTTPException
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

DOWNLOADS_MAX: Final = 64
"""Each holds references to what it sends, 0.4 MB for England in 2021, and so all of them 26 MB."""

DOWNLOAD_TIMEOUT_S: Final = 300.0
"""Ten megabytes at 270 kilobits a second. Who reads more slowly may not keep a place for ever."""

_log = structlog.get_logger()


class Downloads:
    """The places of one process for downloads under way."""

    def __init__(self, places: int = DOWNLOADS_MAX, timeout_s: float = DOWNLOAD_TIMEOUT_S) -> None:
        self.places = places
        self.timeout_s = timeout_s
        self.under_way = 0

    def check(self) -> None:
        """Returns if there is a place. Raises HTTPException with 503 if all are taken."""
        if self.under_way >= self.places:
            raise HTTPException(
                503,
                f"{self.places} downloads of whole nights are under way, the most one process"
                " serves; ask again, or ask for single councils",
                headers={"Retry-After": "5"},
            )


class Download(StreamingResponse):
    """A response that has one of the places while it is sent, and is broken off if that is slow."""

    def __init__(
        self,
        downloads: Downloads,
        pieces: AsyncIterator[bytes],
        media_type: str,
        headers: dict[str, str],
    ) -> None:
        super().__init__(pieces, media_type=media_type, headers=headers)
        self._downloads = downloads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the pieces; returns without the last one if the client takes too long."""
        self._downloads.under_way += 1
        try:
            async with asyncio.timeout(self._downloads.timeout_s):
                await super().__call__(scope, receive, send)
        except TimeoutError:
            _log.warning("a download was too slow", path=scope["path"][:200])
        finally:
            self._downloads.under_way -= 1
