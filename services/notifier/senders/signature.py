"""Signatures according to Standard Webhooks 1.0.0 (symmetric scheme, `v1`)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

PREFIX = "whsec_"

KEY_BYTES_MIN = 24
"""The specification asks for 24 to 64 random bytes."""

KEY_BYTES_MAX = 64


def signing_key(secret: str) -> bytes:
    """Returns the key in a secret, which is `whsec_` and the key in base64.

    Raises ValueError if the secret has another form or the key another length.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(PREFIX) or not KEY_BYTES_MIN <= len(key) <= KEY_BYTES_MAX:
        raise ValueError(
            f"secret: not of the form {PREFIX}<base64 of {KEY_BYTES_MIN} to {KEY_BYTES_MAX} bytes>;"
            " make one with `openssl rand -base64 32`"
        )
    return key


def sign(key: bytes, message_id: str, timestamp_s: int, body: bytes) -> str:
    """Returns the header `webhook-signature` of a body, as sent at a time in seconds since 1970."""
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
