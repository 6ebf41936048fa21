"""The keys that are valid now: who presents one of them."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import SecretStr

from services.access.holder import ANYONE, DEFAULT, Holder
from services.access.key import Key
from services.access.token import hash_of
from services.platform.clock import uk_now


class UnauthorisedError(Exception):
    """A request has no key, a wrong one, or one that is valid no more.

    `key_id` is the id of that one, and `why` says what became of it; else both are blank. Whoever
    asks is not told which: they are for the audit.
    """

    def __init__(self, key_id: str = "", ended: str = "") -> None:
        super().__init__("no valid key")
        self.key_id = key_id
        self.why = f"the key {key_id} {ended}" if key_id else ""


class KeyRing:
    """The keys of a file, and the one token of the settings as the key `default`.

    `keys` None stands for no file: then the token is the only key, and without a token everybody is
    let in. `clock` returns the time, by which keys expire.
    """

    def __init__(
        self,
        keys: Sequence[Key] | None,
        token: SecretStr,
        clock: Callable[[], datetime] = uk_now,
    ) -> None:
        secret = token.get_secret_value()
        self._is_open = keys is None and not secret
        self._clock = clock
        self._by_hash = {key.hash: key for key in keys or ()}
        self._by_id = {key.id: key for key in keys or () if key.revoked is None}
        self._spellings = _spellings(secret) if secret else ()

    def who(self, presented: bytes) -> Holder:
        """Returns whoever presents a token.

        Raises UnauthorisedError if it is none of these. What is looked up is the token's hash, so
        the time that it takes says nothing of the tokens there are.
        """
        if self._is_open:
            return ANYONE
        is_default = False
        for spelling in self._spellings:
            is_default |= hmac.compare_digest(presented, spelling)
        return DEFAULT if is_default else self.key(presented).holder()

    def key(self, presented: bytes) -> Key:
        """Returns the key of the file that a token is of.

        Raises UnauthorisedError if it is of none, or of one that is valid no more.
        """
        found = self._by_hash.get(hash_of(presented))
        if found is None:
            raise UnauthorisedError
        ended = found.ended(self._clock())
        if ended:
            raise UnauthorisedError(found.id, ended)
        return found

    def valid(self, key_id: str) -> Key | None:
        """Returns the key of an id; None if there is none, or if it is valid no more."""
        found = self._by_id.get(key_id)
        return None if found is None or found.ended(self._clock()) else found


def _spellings(token: str) -> tuple[bytes, ...]:
    """Returns a token as bytes: clients send what is not ASCII as UTF-8 or as Latin-1."""
    in_utf8 = token.encode()
    try:
        return in_utf8, token.encode("latin-1")
    except UnicodeEncodeError:
        return (in_utf8,)
