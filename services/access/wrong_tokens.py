"""Slows down addresses that present wrong tokens, so that nobody can try many."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

WRONG_MAX: Final = 10
"""Wrong tokens that an address may present at once: more than anybody mistypes."""

FORGIVEN_EVERY_S: Final = 6.0
"""After this time one more is forgiven. So whoever guesses has ten tries a minute, and somebody
who shares the address of one who does waits for seconds."""

ADDRESSES_MAX: Final = 10_000
"""Addresses whose wrong tokens are remembered, some 2 MB. The one longest quiet is forgotten."""

_log = structlog.get_logger()


class TooManyWrongTokensError(Exception):
    """An address has presented so many wrong tokens that it has to wait for `wait_s`."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"this address has presented {WRONG_MAX} wrong tokens")
        self.wait_s = wait_s


@dataclass(slots=True)
class _Wrong:
    """How many wrong tokens an address has presented, less those forgiven until `at`."""

    count: float
    at: float
    is_refused: bool = False


class WrongTokens:
    """Counts the wrong tokens of each address at one door, which `door` names in the log.

    `now` returns a time in seconds that never goes back.
    """

    def __init__(self, door: str, now: Callable[[], float]) -> None:
        self._door = door
        self._now = now
        self._wrong: OrderedDict[str, _Wrong] = OrderedDict()

    def check(self, address: str) -> None:
        """Returns if a token of this address may be looked at.

        Raises TooManyWrongTokensError if the address has to wait, which is logged once.
        """
        wrong = self._of(address)
        over = wrong.count - (WRONG_MAX - 1)
        if over <= 0:
            return
        if not wrong.is_refused:
            wrong.is_refused = True
            _log.warning(f"too many wrong tokens at {self._door}", address=address)
        raise TooManyWrongTokensError(over * FORGIVEN_EVERY_S)

    def add(self, address: str) -> None:
        """Counts a wrong token, and logs the address but nothing of the token."""
        wrong = self._of(address)
        wrong.count += 1
        wrong.is_refused = False
        self._wrong[address] = wrong
        self._wrong.move_to_end(address)
        if len(self._wrong) > ADDRESSES_MAX:
            self._wrong.popitem(last=False)
        _log.warning(f"a wrong token at {self._door}", address=address)

    def _of(self, address: str) -> _Wrong:
        now = self._now()
        wrong = self._wrong.get(address, _Wrong(0.0, now))
        wrong.count = max(0.0, wrong.count - (now - wrong.at) / FORGIVEN_EVERY_S)
        wrong.at = now
        return wrong
