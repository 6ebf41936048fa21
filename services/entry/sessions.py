"""Sessions: who is signed in, as their browsers' cookies say under a signature. No I/O.

No process keeps any, so each serves whoever signed in at another, if they sign with one secret.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final

from itsdangerous import BadData, URLSafeSerializer
from pydantic import Field, SecretStr, ValidationError

from schemas.base import Model
from services.access.holder import Holder, Role
from services.access.key import Key
from services.access.key_ring import KeyRing
from services.access.people import People
from services.entry.roles import home_of

SESSION_S: Final = 12 * 3_600
"""How long somebody stays signed in: one night, from before the polls close until the morning."""

IDLE_S: Final = 30 * 60
"""How long a session lasts that nobody uses: a desk's screen may be left with others in the room. A
stringer's is a phone of their own, and hours may pass between two results."""

RENEWED_EVERY_S: Final = 60
"""How old the time of the last use may be before the cookie is written anew."""

ID_BYTES: Final = 16
"""Random bytes of a session's id, which is no secret."""

COOKIE_CHARACTERS_MAX: Final = 2_048
"""The longest cookie that is read: one has some 400 characters."""


class Session(Model):
    """Somebody who is signed in: the key says whose session it is, the person says who.

    Of a person of the identity provider `key_id` is their own id, and `group` says what they may.
    `form_token` is in every form of theirs. Times are seconds since 1970.
    """

    id: str
    key_id: str
    fingerprint: str
    person: str
    role: Role
    device: str = ""
    group: str = ""
    began_s: int
    used_s: int
    form_token: str = Field(default="", exclude=True)

    @property
    def by(self) -> str:
        """Who says something, as the log has it, such as `Ann Able (desk-1)`."""
        return f"{self.person} ({self.key_id})"

    @property
    def home(self) -> str:
        """The address at which they begin."""
        return home_of(self.role)

    def sent_form(self, token: str) -> bool:
        """Returns whether a form's token is this session's. Takes the same time if it is not."""
        return hmac.compare_digest(_bytes(token), _bytes(self.form_token))

    def holder(self, ring: KeyRing, people: People) -> Holder | None:
        """Returns what the session's key or group lets them do now; None if it is valid no more.

        A key that was replaced by another of the same id is none, and neither is another role.
        """
        found: Holder | None = None
        if self.group:
            found = people.holder(self.key_id, self.group)
        elif (key := ring.valid(self.key_id)) is not None:
            found = key.holder() if fingerprint_of(key) == self.fingerprint else None
        return found if found is not None and found.role == self.role else None

    def ends_s(self) -> int:
        """Returns when the session ends if it is not used again."""
        end = self.began_s + SESSION_S
        return end if self.role == "stringer" else min(end, self.used_s + IDLE_S)


class Sessions:
    """Begins sessions and knows them again. `clock` returns the time.

    `is_ended` says whether somebody has signed out of the session with an id.
    """

    def __init__(
        self,
        secret: SecretStr,
        clock: Callable[[], datetime],
        is_ended: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._secret = secret.get_secret_value()
        self._clock = clock
        self._is_ended = is_ended
        self._serializer = URLSafeSerializer(
            self._secret,
            salt="livecount session",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def begin(self, key: Key, person: str, device: str = "") -> Session:
        """Returns a new session of a key's holder; with a device it is that one's only."""
        return self._begin(key.holder(), person, device, fingerprint=fingerprint_of(key))

    def begin_in_group(self, holder: Holder, person: str, device: str, group: str) -> Session:
        """Returns a new session of somebody of the identity provider, on their device only."""
        return self._begin(holder, person, device, group=group)

    def _begin(
        self, holder: Holder, person: str, device: str, *, fingerprint: str = "", group: str = ""
    ) -> Session:
        now_s = self._now_s()
        return self._with_form_token(
            Session(
                id=secrets.token_hex(ID_BYTES),
                key_id=holder.id,
                fingerprint=fingerprint,
                person=person,
                role=holder.role,
                device=device,
                group=group,
                began_s=now_s,
                used_s=now_s,
            )
        )

    def sealed(self, session: Session) -> str:
        """Returns a session as its cookie has it."""
        sealed: str | bytes = self._serializer.dumps(session.model_dump(mode="json"))
        return sealed if isinstance(sealed, str) else sealed.decode()

    def find(self, sealed: str, device: str) -> Session | None:
        """Returns the session of a cookie; None if it is forged, over, or another device's."""
        if not sealed or len(sealed) > COOKIE_CHARACTERS_MAX:
            return None
        try:
            session = Session.model_validate(self._serializer.loads(_bytes(sealed)))
        except (BadData, ValidationError):
            return None
        if session.ends_s() <= self._now_s() or self._is_ended(session.id):
            return None
        if session.device and session.device != device:
            return None
        return self._with_form_token(session)

    def used(self, session: Session) -> Session | None:
        """Returns the session as used now, if its cookie is to be written anew; else None."""
        now_s = self._now_s()
        if session.role == "stringer" or now_s - session.used_s < RENEWED_EVERY_S:
            return None
        return session.model_copy(update={"used_s": now_s})

    def _with_form_token(self, session: Session) -> Session:
        # The cookie is signed under a key of its own, so neither can be made from the other.
        token = hmac.digest(self._secret.encode(), f"form {session.id}".encode(), "sha256").hex()
        return session.model_copy(update={"form_token": token})

    def _now_s(self) -> int:
        return int(self._clock().timestamp())


def fingerprint_of(key: Key) -> str:
    """Returns what tells a key from any other, and from which its hash cannot be found."""
    return hashlib.sha256(key.hash.encode()).hexdigest()[:32]


def _bytes(token: str) -> bytes:
    return token.encode("utf-8", "surrogatepass")
