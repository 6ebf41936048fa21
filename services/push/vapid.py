"""The newsroom's own keys: by them push services know who sends (VAPID, RFC 8292)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from py_vapid.utils import b64urldecode, b64urlencode

TOKEN_FOR: Final = timedelta(hours=12)
"""How long a token is valid; push services refuse one that is for more than 24 hours."""

RENEWED_BEFORE: Final = timedelta(hours=1)
"""How long before its end a token is replaced, so that a clock that is wrong does no harm."""

TOKENS_MAX: Final = 1_000
"""Tokens that are kept, one for each host; Microsoft has dozens."""

PRIVATE_KEY_BYTES: Final = 32


class VapidKeyError(ValueError):
    """A private key that cannot be used. The message says why and what helps, without the key."""


def new_private_key() -> str:
    """Returns a new private key of P-256 in base64url, 43 characters."""
    made = ec.generate_private_key(ec.SECP256R1())
    number = made.private_numbers().private_value
    text: str = b64urlencode(number.to_bytes(PRIVATE_KEY_BYTES, "big"))
    return text


class Vapid:
    """Signs for each push service that a message is the newsroom's.

    `contact` is a mailto: or https: address, `now` returns the time. Raises VapidKeyError.
    """

    def __init__(self, private_key: str, contact: str, now: Callable[[], datetime]) -> None:
        self._contact = contact
        self._now = now
        self._key = _read(private_key)
        self._tokens: OrderedDict[str, tuple[datetime, str]] = OrderedDict()

    @property
    def public_key(self) -> str:
        """The public key in base64url, as browsers take it (`applicationServerKey`)."""
        point = self._key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        text: str = b64urlencode(point)
        return text

    def authorization(self, origin: str) -> str:
        """Returns the header `Authorization` for a push service, by scheme, host and port."""
        now = self._now()
        ends, header = self._tokens.get(origin, (now, ""))
        if ends - now > RENEWED_BEFORE:
            self._tokens.move_to_end(origin)
            return header
        ends = now + TOKEN_FOR
        claims = {"sub": self._contact, "aud": origin, "exp": int(ends.timestamp())}
        header = str(self._key.sign(claims)["Authorization"])
        self._tokens[origin] = (ends, header)
        if len(self._tokens) > TOKENS_MAX:
            self._tokens.popitem(last=False)
        return header


def _read(private_key: str) -> Vapid02:
    remedy = "make one with `livecount push keys`"
    if not private_key:
        raise VapidKeyError(f"LIVECOUNT_PUSH_PRIVATE_KEY: there is none; {remedy}")
    try:
        if len(b64urldecode(private_key.encode())) == PRIVATE_KEY_BYTES:
            return Vapid02.from_raw(private_key.encode())
    except ValueError:
        # Its message could show what was given.
        pass
    raise VapidKeyError(
        f"LIVECOUNT_PUSH_PRIVATE_KEY: not {PRIVATE_KEY_BYTES} bytes of P-256 in base64url; {remedy}"
    )
