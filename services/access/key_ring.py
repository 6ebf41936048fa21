"""The keys that are valid now: who presents one of them."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from pydantic import SecretStr

from services.access.holder import ANYONE, DEFAULT, Holder
from services.access.key import Key
from services.access.token import hash_of


class UnauthorisedError(Exception):
    """A request has no key, a wrong one, or a revoked one, whose id is `revoked`; else blank.

    Whoever asks is not told which: `revoked` is for the audit.
    """

    def __init__(self, revoked: str = "") -> None:
        super().__init__("no valid key")
        self.revoked = revoked


class KeyRing:
    """The keys of a file, and the one token of the settings as the key `default`.

    `keys` None stands for no file: then the token is the only key, and without a token everybody is
    let in.
    """

    def __init__(self, keys: Sequence[Key] | None, token: SecretStr) -> None:
        secret = token.get_secret_value()
        self._is_open = keys is None and not secret
        self._keys = [(key.hash.encode(), key) for key in keys or ()]
        self._spellings = _spellings(secret) if secret else ()

    def who(self, presented: bytes) -> Holder:
        """Returns whoever presents a token.

        Raises UnauthorisedError if it is none of these. Takes the same time whatever is wrong: a
        token is compared with every key, to the end.
        """
        if self._is_open:
            return ANYONE
        found = self._find(presented)
        is_default = False
        for spelling in self._spellings:
            is_default |= hmac.compare_digest(presented, spelling)
        return DEFAULT if is_default else _valid(found).holder()

    def key(self, presented: bytes) -> Key:
        """Returns the key of the file that a token is of.

        Raises UnauthorisedError if it is of none, or of a revoked one, in the same time as `who`.
        """
        return _valid(self._find(presented))

    def _find(self, presented: bytes) -> Key | None:
        digest = hash_of(presented).encode()
        found: Key | None = None
        for known, key in self._keys:
            if hmac.compare_digest(digest, known):
                found = key
        return found


def _valid(found: Key | None) -> Key:
    if found is None or found.revoked is not None:
        raise UnauthorisedError(found.id if found else "")
    return found


def _spellings(token: str) -> tuple[bytes, ...]:
    """Returns a token as bytes: clients send what is not ASCII as UTF-8 or as Latin-1."""
    in_utf8 = token.encode()
    try:
        return in_utf8, token.encode("latin-1")
    except UnicodeEncodeError:
        return (in_utf8,)
