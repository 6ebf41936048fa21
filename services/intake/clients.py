"""Who declares: the names of the tokens that intake takes."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Final

from pydantic import SecretStr

ANYONE: Final = "anyone"
"""The name of every client if intake asks for no token."""


class UnauthorisedError(Exception):
    """A request has no token, or a wrong one."""


class Clients:
    """The clients that may declare, by name, each with a token of its own. Empty: everybody may."""

    def __init__(self, tokens: Mapping[str, SecretStr]) -> None:
        self._tokens = [
            (name, _spellings(token.get_secret_value()))
            for name, token in tokens.items()
            if token.get_secret_value()
        ]

    def who(self, presented: bytes) -> str:
        """Returns the name of the client whose token a request presents.

        Raises UnauthorisedError if there is none. Takes the same time however much of a token is
        right, and whichever it is.
        """
        if not self._tokens:
            return ANYONE
        found = None
        for name, spellings in self._tokens:
            for spelling in spellings:
                if hmac.compare_digest(presented, spelling):
                    found = name
        if found is None:
            raise UnauthorisedError
        return found


def _spellings(token: str) -> tuple[bytes, ...]:
    """Returns a token as bytes: clients send what is not ASCII as UTF-8 or as Latin-1."""
    in_utf8 = token.encode()
    try:
        return in_utf8, token.encode("latin-1")
    except UnicodeEncodeError:
        return (in_utf8,)
