"""The newest entries of the audit, as admins see them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from schemas.audit_entry import AuditEntry
from services.access.audit_log import newest
from services.platform.settings import Settings

LOOKED_THROUGH_MAX: Final = 5_000
"""Entries that are looked through, the newest: those of some hours of a night, 3 MB."""

SHOWN_MAX: Final = 200
"""Entries on the page. What is not among them is found with a filter, or on the command line."""

FILTER_CHARACTERS_MAX: Final = 100
"""Characters of what somebody looks for."""


class NewestEntries:
    """Reads the end of the audit, one reader at a time: it is for few, and seldom."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reading = asyncio.Lock()

    async def read(self) -> list[AuditEntry]:
        """Returns the newest entries, the newest first. Raises KafkaUnavailableError."""
        async with self._reading:
            return (await newest(self._settings, LOOKED_THROUGH_MAX))[::-1]


def matching(entries: Iterable[AuditEntry], who: str, action: str) -> list[AuditEntry]:
    """Returns the entries of an action, and of those whose key or name has some letters in it.

    Of a blank one all. A key that was changed counts as well.
    """
    wanted = who.strip().casefold()
    return [
        entry
        for entry in entries
        if (not action or entry.action == action)
        and any(wanted in name.casefold() for name in (entry.who, entry.person, *entry.keys))
    ]
