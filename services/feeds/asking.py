"""Asking: an address that is asked again and again, no oftener than it bears."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from services.platform.polite import FetchError, Patience, PoliteClient

PATIENCE: Final = Patience(attempts=1, read_timeout_s=20.0, answer_s_max=60.0)
"""A feed asks again after a while anyway, and the others of its sources wait meanwhile."""

PAUSE_MAX_S: Final = 600.0
"""The longest pause after failures that state none: ten minutes of a night are not lost."""

_SHOWN: Final = 60
"""Bytes of an answer of another shape that are shown."""


class LaterError(RuntimeError):
    """An address is not asked yet, as it failed before; the message is how it did."""


@dataclass(slots=True)
class _Known:
    """What an address answered last, and how it failed since."""

    body: bytes = b""
    etag: str = ""
    last_modified: str = ""
    failures: int = 0
    why: str = ""
    not_before: float = 0.0


class Asking:
    """Remembers what addresses answered, so that they are asked whether it has changed.

    After a failure an address is asked again when it says, or after `every_s`, twice as long after
    each further failure, up to PAUSE_MAX_S. `clock` is in seconds.
    """

    def __init__(self, client: PoliteClient, every_s: float, clock: Callable[[], float]) -> None:
        self._client = client
        self._every_s = every_s
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def ask(self, address: str) -> bytes:
        """Returns what an address answers now.

        Raises FetchError if it fails, and LaterError if it is not time yet.
        """
        known = self._known.setdefault(address, _Known())
        if self._clock() < known.not_before:
            raise LaterError(known.why)
        try:
            answer = self._client.get(address, etag=known.etag, last_modified=known.last_modified)
        except FetchError as error:
            self._failed(known, error)
            raise
        known.failures, known.not_before = 0, 0.0
        if answer.body is not None:
            known.body, known.etag, known.last_modified = answer.body, *answer[1:]
        return known.body

    def forget_others(self, addresses: frozenset[str]) -> None:
        """Forgets every address but these."""
        self._known = {each: known for each, known in self._known.items() if each in addresses}

    def _failed(self, known: _Known, error: FetchError) -> None:
        known.why = str(error)
        pause = min(self._every_s * 2**known.failures, PAUSE_MAX_S)
        known.failures += 1
        wait = pause if error.retry_after_s is None else error.retry_after_s
        known.not_before = self._clock() + wait


def beginning(answer: bytes) -> str:
    """Returns how an answer of another shape begins, to be shown."""
    return f"it begins {answer[:_SHOWN].decode(errors='replace')!r}"
