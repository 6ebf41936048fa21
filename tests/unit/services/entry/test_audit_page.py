"""The audit is narrowed down by who did something, and by what was done."""

from __future__ import annotations

from datetime import UTC, datetime

from schemas.audit_entry import AuditEntry
from services.entry.audit_page import matching

AT = datetime(2026, 5, 7, tzinfo=UTC)
ADDED = AuditEntry(at=AT, action="key added", who="ops@desk", keys=("ann-able",))
DECIDED = AuditEntry(at=AT, action="decided", who="desk-1", person="Ann Able")
REFUSED = AuditEntry(at=AT, action="refused")
ALL = [ADDED, DECIDED, REFUSED]


def test_without_a_filter_everything_is_there() -> None:
    """In its order."""
    assert matching(ALL, "", "") == ALL


def test_a_part_of_a_name_or_of_a_key_is_enough() -> None:
    """Of whoever did it, and of a key that was changed."""
    assert matching(ALL, " ann", "") == [ADDED, DECIDED]
    assert matching(ALL, "DESK-1", "") == [DECIDED]
    assert matching(ALL, "nobody", "") == []


def test_an_action_is_looked_for_as_it_is() -> None:
    """Together with a name both have to fit."""
    assert matching(ALL, "", "refused") == [REFUSED]
    assert matching(ALL, "ann", "decided") == [DECIDED]
