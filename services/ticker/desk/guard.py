"""Who may open the desk: the token, and how often an address may present a wrong one."""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from pydantic import SecretStr

from services.platform.metrics import TICKER_DESK_REFUSALS

WRONG_MAX: Final = 10
"""Wrong tokens that an address may present at once: more than anybody mistypes."""

FORGIVEN_EVERY_S: Final = 6.0
"""After this time one more is forgiven. So whoever guesses has ten tries a minute, and a producer
who shares the address of one who does waits for seconds."""

ADDRESSES_MAX: Final = 10_000
"""Addresses whose wrong tokens are remembered, some 2 MB. The one longest quiet is forgotten."""

_log = structlog.get_logger()


class WrongTokenError(Exception):
    """A request has no token of the desk, or a wrong one."""


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


class DeskGuard:
    """Compares tokens, and slows down addresses that present wrong ones.

    `now` returns a time in seconds that never goes back.
    """

    def __init__(self, token: SecretStr, now: Callable[[], float]) -> None:
        self._token = token.get_secret_value().encode()
        self._now = now
        self._wrong: OrderedDict[str, _Wrong] = OrderedDict()

    def admit(self, authorization: str, address: str) -> None:
        """Returns if an Authorization header holds the token.

        It may be a Bearer token or the password of Basic authentication, which browsers ask
        for by themselves; the user name is ignored. Raises WrongTokenError if it does not hold
        the token, and TooManyWrongTokensError, without a look at it, if the address has to wait.
        """
        if not authorization:
            # A browser asks without a token first, to be told that it needs one.
            raise WrongTokenError
        wrong = self._of(address)
        over = wrong.count - (WRONG_MAX - 1)
        if over > 0:
            TICKER_DESK_REFUSALS.inc()
            if not wrong.is_refused:
                wrong.is_refused = True
                _log.warning("too many wrong tokens at the desk", address=address)
            raise TooManyWrongTokensError(over * FORGIVEN_EVERY_S)
        if hmac.compare_digest(_presented(authorization), self._token):
            return
        TICKER_DESK_REFUSALS.inc()
        wrong.count += 1
        wrong.is_refused = False
        self._wrong[address] = wrong
        self._wrong.move_to_end(address)
        if len(self._wrong) > ADDRESSES_MAX:
            self._wrong.popitem(last=False)
        _log.warning("a wrong token at the desk", address=address)
        raise WrongTokenError

    def _of(self, address: str) -> _Wrong:
        now = self._now()
        wrong = self._wrong.get(address, _Wrong(0.0, now))
        wrong.count = max(0.0, wrong.count - (now - wrong.at) / FORGIVEN_EVERY_S)
        wrong.at = now
        return wrong


def _presented(authorization: str) -> bytes:
    """Returns the token that an Authorization header presents; nothing if it has none."""
    scheme, _, credentials = authorization.partition(" ")
    presented = credentials.strip().encode()
    if scheme.casefold() == "bearer":
        return presented
    if scheme.casefold() != "basic":
        return b""
    try:
        return b64decode(presented, validate=True).partition(b":")[2]
    except ValueError:
        return b""
