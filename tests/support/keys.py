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

AGENCY = f'[[keys]]\nid = "agency"\nhash = "sha256:{"0" * 64}"\n'
STRINGER = (
    f'[[keys]]\nid = "ann"\nhash = "sha256:{"1" * 64}"\nrole = "stringer"\nperson = "Ann"\n'
    "added = 2026-05-01T09:00:00+01:00\nexpires = 2026-05-12T09:00:00+01:00\n"
)
"""Two keys as a file has them."""


def stringer(key_id: str, **fields: Any) -> Key:
    """Returns a stringer's key with a secret of its own."""
    made = {"id": key_id, "hash": hash_of(new_token(key_id).encode()), "role": "stringer"}
    return Key.model_validate(made | _invitation(key_id) | fields)


def added(file: Path, key_id: str, **fields: Any) -> str:
    """Adds a key to a file, and returns its token."""
    token = new_token(key_id)
    add_key(file, Key.model_validate({"id": key_id, "hash": hash_of(token.encode())} | fields))
    return token


def invited(file: Path, key_id: str, role: str = "stringer", **fields: Any) -> str:
    """Invites somebody, and returns the token of their link."""
    return added(file, key_id, role=role, **_invitation(key_id) | fields)


def _invitation(key_id: str) -> dict[str, Any]:
    """Returns whose invitation a key is, and until when."""
    now = uk_now()
    person = key_id.replace("-", " ").title()
    return {"person": person, "added": now, "expires": now + timedelta(days=7)}


def bearer(token: str) -> dict[str, str]:
    """Returns the header that presents a token."""
    return {"authorization": f"Bearer {token}"}


async def audit(settings: Settings, action: str = "") -> list[AuditEntry]:
    """Returns the entries of the audit, or those of one action, in their order."""
    return [each for each in await entries(settings) if not action or each.action == action]
