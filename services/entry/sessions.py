"""Sessions: who is signed in at this process, until they sign out, time is up, or the key goes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.access.holder import Holder
from services.access.key import Key

SESSION_S: Final = 12 * 3_600
"""How long somebody stays signed in: one night, from before the polls close until the morning."""

SESSIONS_PER_KEY_MAX: Final = 32
"""Sessions of one key, some 1 kB each: more people than share a desk. One more ends the one that
has been unused for longest. Only whoever has the key can begin one."""

TOKEN_BYTES: Final = 24
"""Random bytes of a session's token and of its forms' token: 192 bits are beyond guessing."""


class Told(NamedTuple):
    """What came of a decision about a ballot, for the next page that its session sees of it."""

    ballot: str
    counts: bool
    lines: tuple[str, ...]


@dataclass(slots=True)
class Session:
    """Somebody who is signed in: the key says which desk, the person says who.

    `form_token` is in every form of theirs, and `told` is what they are told next.
    """

    key_id: str
    key_hash: str
    person: str
    form_token: str
    ends_at: float
    told: Told | None = None

    @property
    def by(self) -> str:
        """Who decides, as the log has it, such as `Ann Able (desk-1)`."""
        return f"{self.person} ({self.key_id})"

    def sent_form(self, token: str) -> bool:
        """Returns whether a form's token is this session's. Takes the same time if it is not."""
        return hmac.compare_digest(_bytes(token), _bytes(self.form_token))

    def holder(self, keys: Sequence[Key] | None) -> Holder | None:
        """Returns what the session's key lets its holder do now; None if it is valid no more.

        A key that was revoked, replaced by another of the same id, or has another role is none.
        """
        for key in keys or ():
            if (key.id, key.hash) == (self.key_id, self.key_hash) and may_sign_in(key):
                return key.holder()
        return None


def may_sign_in(key: Key) -> bool:
    """Returns whether a key is valid and of somebody who has pages here."""
    return key.revoked is None and key.role != "source"


class Sessions:
    """The sessions of this process, in memory: when it ends, so do they.

    A session's token is what its cookie has; only the token's hash is kept. `now` returns a time
    in seconds that never goes back.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        # The one used last is last.
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def begin(self, key: Key, person: str) -> str:
        """Begins a session of a key's holder, and returns its token."""
        self._end_old()
        theirs = [name for name, each in self._sessions.items() if each.key_id == key.id]
        for name in theirs[: max(0, len(theirs) + 1 - SESSIONS_PER_KEY_MAX)]:
            del self._sessions[name]
        token = secrets.token_urlsafe(TOKEN_BYTES)
        form_token = secrets.token_urlsafe(TOKEN_BYTES)
        ends_at = self._now() + SESSION_S
        self._sessions[_name(token)] = Session(key.id, key.hash, person, form_token, ends_at)
        return token

    def find(self, token: str) -> Session | None:
        """Returns the session of a token, if there is one and its time is not up."""
        name = _name(token)
        session = self._sessions.get(name)
        if session is None or session.ends_at <= self._now():
            self._sessions.pop(name, None)
            return None
        self._sessions.move_to_end(name)
        return session

    def end(self, token: str) -> None:
        """Ends the session of a token, if there is one."""
        self._sessions.pop(_name(token), None)

    def _end_old(self) -> None:
        now = self._now()
        for name in [name for name, each in self._sessions.items() if each.ends_at <= now]:
            del self._sessions[name]


def _name(token: str) -> bytes:
    """Returns what a token is kept under. Hashed, so that looking it up tells nothing by time."""
    return hashlib.sha256(_bytes(token)).digest()


def _bytes(token: str) -> bytes:
    return token.encode("utf-8", "surrogatepass")
