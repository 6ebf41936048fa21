"""What was already accepted under an id that a client chose."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from services.intake.producer import Acknowledgement

REMEMBERED_MAX = 10_000
"""Requests remembered. A night has about 9,000 ballots, and a client repeats within seconds."""


class ConflictError(ValueError):
    """An id came again with other content."""


class Receipts:
    """Remembers the newest accepted requests of this process, and answers repeats alike.

    Forgetting, at a restart or beyond REMEMBERED_MAX, costs nothing but a repeat in the log,
    which the aggregator recognises by its revision.
    """

    def __init__(self) -> None:
        self._requests: OrderedDict[str, tuple[str, asyncio.Future[list[Acknowledgement]]]] = (
            OrderedDict()
        )

    async def once(
        self, key: str, content: str, send: Callable[[], Awaitable[list[Acknowledgement]]]
    ) -> list[Acknowledgement]:
        """Returns what `send` returned for this key, calling it only for the first request.

        A repeat that arrives while the first is under way waits for its outcome. A failure is
        not remembered. Raises ConflictError where the key came before with other content, and
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
            # Shielded: a client that hangs up must not undo what another one waits for.
            return await asyncio.shield(outcome)
        except Exception:
            if self._requests.get(key, (content, None))[1] is outcome:
                del self._requests[key]
            raise
