"""Remembers what was accepted under the ids that clients choose, and answers repeats alike."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from services.intake.producer import Acknowledgement

REMEMBERED_MAX = 10_000
"""Requests remembered. A night has some 9,000 ballots, and clients repeat within seconds."""


class ConflictError(ValueError):
    """An id was used before, with other content."""


class Receipts:
    """Remembers the newest requests that this process accepted.

    If a request is forgotten, at a restart or beyond REMEMBERED_MAX, its repeat is a second
    message in the log, which the aggregator recognises by its revision.
    """

    def __init__(self) -> None:
        self._requests: OrderedDict[str, tuple[str, asyncio.Future[list[Acknowledgement]]]] = (
            OrderedDict()
        )

    async def once(
        self, key: str, content: str, send: Callable[[], Awaitable[list[Acknowledgement]]]
    ) -> list[Acknowledgement]:
        """Returns what `send` returned for this key, calling it only for the first request.

        A repeat that arrives during the first request waits for its outcome. Failures are not
        remembered. Raises ConflictError if the key was used before with other content, and
        whatever `send` raises.
        """
        known = self._requests.get(key)
        if known is None:
            outcome: asyncio.Future[list[Acknowledgement]] = asyncio.ensure_future(send())
            self._requests[key] = (content, outcome)
            while len(self._requests) > REMEMBERED_MAX:
                self._requests.popitem(last=False)
        elif known[0] == content:
            outcome = known[1]
        else:
            raise ConflictError(
                f"Idempotency-Key: {key!r} came before with other content;"
                " give every declaration a key of its own"
            )
        try:
            # Shielded, because another client may wait for the same outcome if this one hangs up.
            return await asyncio.shield(outcome)
        except Exception:
            if self._requests.get(key, (content, None))[1] is outcome:
                del self._requests[key]
            raise
