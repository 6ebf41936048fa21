"""The id of an alert: a hash of what makes it this alert, so that a replay gives the same."""

from __future__ import annotations

import json
from hashlib import blake2b

_ID_BYTES = 16


def alert_id(*identity: str | int | tuple[str | int, ...] | None) -> str:
    """Returns the id of the alert with this identity, in hexadecimal."""
    return blake2b(json.dumps(identity).encode(), digest_size=_ID_BYTES).hexdigest()
