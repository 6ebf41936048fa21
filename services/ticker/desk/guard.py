"""Who may open the desk: whoever has the token, and has not presented many wrong ones."""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections.abc import Callable

from pydantic import SecretStr

from services.access.wrong_tokens import TooManyWrongTokensError, WrongTokens
from services.platform.metrics import TICKER_DESK_REFUSALS


class WrongTokenError(Exception):
    """A request has no token of the desk, or a wrong one."""


class DeskGuard:
    """Compares tokens, and slows down addresses that present wrong ones.

    `now` returns a time in seconds that never goes back.
    """

    def __init__(self, token: SecretStr, now: Callable[[], float]) -> None:
        self._token = token.get_secret_value().encode()
        self._wrong = WrongTokens("the desk", now)

    def admit(self, authorization: str, address: str) -> None:
        """Returns if an Authorization header holds the token.

        It may be a Bearer token or the password of Basic authentication, which browsers ask
        for by themselves; the user name is ignored. Raises WrongTokenError if it does not hold
        the token, and TooManyWrongTokensError, without a look at it, if the address has to wait.
        """
        if not authorization:
            # A browser asks without a token first, to be told that it needs one.
            raise WrongTokenError
        try:
            self._wrong.check(address)
        except TooManyWrongTokensError:
            TICKER_DESK_REFUSALS.inc()
            raise
        if hmac.compare_digest(_presented(authorization), self._token):
            return
        TICKER_DESK_REFUSALS.inc()
        self._wrong.add(address)
        raise WrongTokenError


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
