"""Councils counted from the log, without anything of how they came to stand as they do."""

from __future__ import annotations

from collections.abc import Collection

from election.council import Council
from services.audit.decode import Rejection, decode
from services.audit.recount import Recount
from services.platform.settings import Settings
from services.platform.topic_log import Log


async def councils_in_the_log(settings: Settings, wanted: Collection[str]) -> dict[str, Council]:
    """Returns those of the wanted councils of which the log has anything, by id.

    Reads the whole log once. Raises KafkaUnavailableError.
    """
    async with Log(settings) as log:
        topic = log.topics.declarations
        ends = await log.ends(topic)
        recount = Recount(len(ends))
        async for record in log.read(topic, ends):
            event = decode(record, recount.partitions)
            if not isinstance(event, Rejection) and event.council in wanted:
                recount.add_event(record, event)
    return {
        name: counted.council
        for name, counted in recount.councils.items()
        if counted.council is not None
    }
