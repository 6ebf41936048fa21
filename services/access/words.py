"""Keys and entries of the audit, each in one line for people."""

from __future__ import annotations

from schemas.audit_entry import AuditEntry
from schemas.uk_time import UK_TIME
from services.access.key import Key


def told(key: Key) -> str:
    """Returns what is known of a key, without its hash."""
    parts = [f"{key.id}: {f'{key.person}; ' if key.person else ''}{key.holder().summary()}"]
    for word, at, by in (
        ("added", key.added, key.by),
        ("expires", key.expires, ""),
        ("revoked", key.revoked, key.revoked_by),
    ):
        if at:
            when = at.astimezone(UK_TIME).isoformat(timespec="seconds")
            parts.append(f"{word} {when}{f' by {by}' if by else ''}")
    return "; ".join(parts)


def line(entry: AuditEntry) -> str:
    """Returns an entry in one line: when, who, what, on what, what came of it, and from where."""
    at = entry.at.astimezone(UK_TIME).isoformat(timespec="seconds")
    person = f" ({entry.person})" if entry.person else ""
    parts = [f"{at}  {entry.who or '(no key)'}{person}  {entry.action}"]
    if entry.keys:
        parts.append(", ".join(entry.keys))
    if entry.events:
        named = [
            f"{each.ballot_paper_id or each.council} {each.type}"
            f"{f' {each.message}' if each.message else ''}"
            for each in entry.about
        ]
        more = entry.events - len(named)
        parts.append(", ".join(named) + (f" and {more} more" if more else ""))
    result = " | ".join(entry.result.split("\n"))
    parts.append(f"{entry.status} {result}" if entry.status else result)
    if entry.from_address:
        parts.append(f"from {entry.from_address}")
    return "  ".join(parts)
