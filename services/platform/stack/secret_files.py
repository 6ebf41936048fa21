"""The passwords of a stack's accounts, in files that only their owner can read."""

from __future__ import annotations

import secrets
from pathlib import Path

from services.platform.accounts import (
    KAFKA_ACCOUNTS,
    REDIS_RULES,
    kafka_secret,
    redis_secret,
)

PASSWORD_BYTES = 24
"""192 bits from the system's source of randomness."""


def write_secrets(directory: Path) -> None:
    """Writes a file with a random password for each account that has none yet."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    # It may have been there before, with wider rights.
    directory.chmod(0o700)
    names = [kafka_secret(account) for account in KAFKA_ACCOUNTS]
    names += [redis_secret(account) for account in REDIS_RULES]
    for name in names:
        file = directory / name
        file.touch(mode=0o600)
        file.chmod(0o600)
        if not file.stat().st_size:
            file.write_text(secrets.token_urlsafe(PASSWORD_BYTES))
