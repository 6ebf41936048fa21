"""Intake behind a door that kills whoever posts, at a chosen moment of a chosen post."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, Self, get_args

LOOPBACK = "127.0.0.1"
HEAD_BYTES_MAX = 65_536

Moment = Literal["before", "half", "unanswered", "answered"]
"""When a post is struck: before anything of it has reached intake, after half of it has, once
intake has taken it and the sender does not know, or right after the answer, before the next."""

MOMENTS: tuple[Moment, ...] = get_args(Moment)


class Striking:
    """Passes posts on to intake, and the answers back; use it as an asynchronous context manager.

    `strike` says at which post from now on whoever posts is killed, and when in it.
    """

    def __init__(self, intake_port: int) -> None:
        self.port = 0
        self.struck = asyncio.Event()
        self._intake_port = intake_port
        self._posts_left = 0
        self._moment: Moment = "before"
        self._kill: Callable[[], None] | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._join, LOOPBACK, 0, limit=HEAD_BYTES_MAX)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def strike(self, moment: Moment, post: int, kill: Callable[[], None]) -> None:
        """Has `kill` called at a moment of the post with this number, the next one being 1."""
        self._moment, self._posts_left, self._kill = moment, post, kill
        self.struck.clear()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Whoever is killed says no goodbye.
        with suppress(OSError, asyncio.IncompleteReadError):
            intake_reader, intake_writer = await asyncio.open_connection(
                LOOPBACK, self._intake_port
            )
            try:
                while not await self._post(reader, writer, intake_reader, intake_writer):
                    pass
            finally:
                intake_writer.transport.abort()
        writer.transport.abort()

    async def _post(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        intake_reader: asyncio.StreamReader,
        intake_writer: asyncio.StreamWriter,
    ) -> bool:
        """Passes one post on, and returns whether it was struck."""
        head, body = await _message(reader)
        self._posts_left -= 1
        moment = self._moment if self._posts_left == 0 else None
        if moment == "before":
            return self._struck()
        half = len(body) // 2
        intake_writer.write(head + body[:half])
        await intake_writer.drain()
        if moment == "half":
            return self._struck()
        intake_writer.write(body[half:])
        await intake_writer.drain()
        answer = b"".join(await _message(intake_reader))
        if moment == "unanswered":
            return self._struck()
        writer.write(answer)
        await writer.drain()
        return moment == "answered" and self._struck()

    def _struck(self) -> bool:
        assert self._kill is not None
        self._kill()
        self.struck.set()
        return True


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Returns head and body of a request or an answer, which states its length."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [
        line.partition(b":")[2]
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    return head, await reader.readexactly(int(lengths[0]) if lengths else 0)
