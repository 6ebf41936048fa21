"""The `audit` topic, read from its first entry to its last."""

from __future__ import annotations

import structlog
from pydantic import ValidationError

from schemas.audit_entry import AuditEntry
from schemas.envelope import read_headers
from services.platform.settings import Settings
from services.platform.topic_log import Log

_log = structlog.get_logger()


async def entries(settings: Settings, key_id: str = "") -> list[AuditEntry]:
    """Returns the entries in the order of the topic, each once.

    With `key_id` only what that key did, or what was done to it. What cannot be read is left out,
    and logged. Raises KafkaUnavailableError.
    """
    found = await _read(settings, None)
    return [each for each in found if not key_id or key_id == each.who or key_id in each.keys]


async def newest(settings: Settings, most: int) -> list[AuditEntry]:
    """Returns the entries among the last `most` records of the topic, in its order, each once.

    What cannot be read is left out, and logged. Raises KafkaUnavailableError.
    """
    return await _read(settings, most)


async def _read(settings: Settings, most: int | None) -> list[AuditEntry]:
    found: dict[str, AuditEntry] = {}
    async with Log(settings, client_id="livecount-access") as log:
        topic = log.topics.audit
        ends = await log.ends(topic)
        begins = {} if most is None else {each: max(0, end - most) for each, end in ends.items()}
        async for record in log.read(topic, ends, begins):
            try:
                entry = AuditEntry.model_validate_json(record.value or b"")
                identifier = read_headers(record.headers).id
            except (ValidationError, ValueError):
                _log.warning("an entry cannot be read", topic=topic, offset=record.offset)
                continue
            found.setdefault(identifier, entry)
    return list(found.values())
