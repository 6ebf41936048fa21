"""What intake's tests send, and what they then find in the log."""

from __future__ import annotations

from typing import Any

from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.topics import messages


def notice(revision: int = 1, **fields: object) -> dict[str, object]:
    """Returns a valid event as JSON has it."""
    return {
        "type": "ward.status",
        "council": "local.barnet.2014-05-22",
        "ballot_paper_id": "local.barnet.childs-hill.2014-05-22",
        "mode": "rehearsal",
        "revision": revision,
        "status": "recount",
    } | fields


async def log(settings: Settings) -> list[Any]:
    """Returns every message on the declarations topic, partition by partition."""
    return await messages(settings, Topics(settings.namespace).declarations)
