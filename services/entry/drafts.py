"""Drafts: what a phone keeps of a form while it is not sent, and whose it is."""

from __future__ import annotations

from hashlib import blake2b

from services.entry.sessions import Session


def owner_of(session: Session) -> str:
    """Returns what a phone keeps the drafts of a session's person under.

    Another person, or the same name under another key, has another, and so sees none of them.
    """
    whose = f"{session.key_id}\n{session.person}".encode()
    return blake2b(whose, digest_size=16).hexdigest()
