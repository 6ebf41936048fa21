"""Keys for tests: made as the command line makes them, and the audit of what was done with them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from schemas.audit_entry import AuditEntry
from services.access.audit_log import entries
from services.access.key import Key
from services.access.keys_edit import add_key
from services.access.token import hash_of, new_token
from services.platform.clock import uk_now
from services.platform.settings import Settings


def added(file: Path, key_id: str, **fields: Any) -> str:
    """Adds a key to a file, and returns its token."""
    token = new_token(key_id)
    add_key(file, Key.model_validate({"id": key_id, "hash": hash_of(token.encode())} | fields))
    return token


def invited(file: Path, key_id: str, role: str = "stringer", **fields: Any) -> str:
    """Invites somebody, and returns the token of their link."""
    now = uk_now()
    days = {"added": now, "expires": now + timedelta(days=7)}
    person = key_id.replace("-", " ").title()
    return added(file, key_id, role=role, **{"person": person} | days | fields)


def bearer(token: str) -> dict[str, str]:
    """Returns the header that presents a token."""
    return {"authorization": f"Bearer {token}"}


async def audit(settings: Settings, action: str = "") -> list[AuditEntry]:
    """Returns the entries of the audit, or those of one action, in their order."""
    return [each for each in await entries(settings) if not action or each.action == action]
