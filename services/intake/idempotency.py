"""Remembers what was accepted under the ids that clients choose, and answers repeats alike."""

from __future__ import annotations

import asyncio
from array import array
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from services.intake.producer import Acknowledgement

REMEMBERED_MAX_BYTES: Final = 33_554_432
"""What receipts may take in memory, 32 MiB: some 30,000 requests of one ward each, three times
the ballots of a night. Clients repeat within seconds."""

REQUEST_BYTES: Final = 1_000
"""What a remembered request takes besides its key and its places, measured with tracemalloc."""


class ConflictError(ValueError):
    """An id was used before, with other content."""


class _Places:
    """The places of a request's events in the log, 16 bytes for each."""

    def __init__(self, acknowledged: Iterable[Acknowledgement]) -> None:
        self._numbers = array("q", [number for each in acknowledged for number in each])

    @property
    def size_bytes(self) -> int:
        return len(self._numbers) * self._numbers.itemsize

    def acknowledged(self) -> list[Acknowledgement]:
        numbers = iter(self._numbers)
        return [
            Acknowledgement(partition, offset)
            for partition, offset in zip(numbers, numbers, strict=True)
        ]


@dataclass(slots=True)
class _Request:
    content: str
    outcome: asyncio.Future[_Places]
    size_bytes: int


@dataclass(slots=True)
class _Client:
    requests: OrderedDict[str, _Request] = field(default_factory=OrderedDict)
    size_bytes: int = 0


class Receipts:
    """Remembers the newest requests of each client that this process accepted.

    A client's keys are its own. If a request is forgotten, at a restart or because receipts would
    take more memory than REMEMBERED_MAX_BYTES, its repeat is a second message in the log, which
    the aggregator recognises by its revision. The client whose receipts take the most memory
    loses its oldest first.
    """

    def __init__(self, bytes_max: int = REMEMBERED_MAX_BYTES) -> None:
        self._bytes_max = bytes_max
        self._clients: dict[str, _Client] = {}

    @property
    def size_bytes(self) -> int:
        """What the receipts take in memory, about."""
        return sum(client.size_bytes for client in self._clients.values())

    async def once(
        self,
        client: str,
        key: str,
        content: str,
        send: Callable[[], Awaitable[list[Acknowledgement]]],
    ) -> list[Acknowledgement]:
        """Returns what `send` returned for this client's key, calling it only for the first.

        A repeat that arrives during the first request waits for its outcome. Failures are not
        remembered. Raises ConflictError if the client used the key before with other content,
        and whatever `send` raises.
        """
        own = self._clients.setdefault(client, _Client())
        known = own.requests.get(key)
        if known is None:
            outcome = asyncio.ensure_future(_places(send))
            known = _Request(content, outcome, len(key) + REQUEST_BYTES)
            own.requests[key] = known
            own.size_bytes += known.size_bytes
            self._forget_surplus()
        elif known.content != content:
            raise ConflictError(
                f"Idempotency-Key: {key!r} came before with other content;"
                " give every declaration a key of its own"
            )
        try:
            # Shielded, because another client may wait for the same outcome if this one hangs up.
            places = await asyncio.shield(known.outcome)
        except Exception:
            if own.requests.get(key) is known:
                self._forget(own, key)
            raise
        self._weigh(own, key, known, places)
        return places.acknowledged()

    def _weigh(self, own: _Client, key: str, known: _Request, places: _Places) -> None:
        """Counts the places of a request, once they are known."""
        size_bytes = len(key) + REQUEST_BYTES + places.size_bytes
        if own.requests.get(key) is known and known.size_bytes != size_bytes:
            own.size_bytes += size_bytes - known.size_bytes
            known.size_bytes = size_bytes
            self._forget_surplus()

    def _forget_surplus(self) -> None:
        while self.size_bytes > self._bytes_max:
            largest = max(self._clients.values(), key=lambda client: client.size_bytes)
            self._forget(largest, next(iter(largest.requests)))

    @staticmethod
    def _forget(client: _Client, key: str) -> None:
        client.size_bytes -= client.requests.pop(key).size_bytes


async def _places(send: Callable[[], Awaitable[list[Acknowledgement]]]) -> _Places:
    return _Places(await send())
