"""The token that a source presents, and the hash of it that is kept.

A token is `<id>.<secret>`. The secret is 192 random bits that nobody chose, so a plain SHA-256 is
enough: slow hashes with salts are for passwords, of which there are few enough to try them all. A
fast one also costs nothing at each request. The id is hashed with the secret, so that a hash copied
to another entry lets nobody in under that entry's id.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

SECRET_BYTES: Final = 24
"""Random bytes of a secret: 192 bits, 32 characters. 128 are beyond guessing."""

TOKEN_BYTES_MAX: Final = 300
"""The longest token that is read: an id of 40 characters, a dot and 32, with room to spare."""


def new_token(key_id: str) -> str:
    """Returns a new token for a key, from the system's source of randomness."""
    return f"{key_id}.{secrets.token_urlsafe(SECRET_BYTES)}"


def hash_of(token: bytes) -> str:
    """Returns the hash of a token, as it stands in the file of keys: `sha256:` and 64 digits."""
    return f"sha256:{hashlib.sha256(token).hexdigest()}"
