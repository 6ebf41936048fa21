"""Whether Redis was counted from the log that there is, or from another of the same name.

Topics may be removed and made again, and a worker may be led to another Kafka. Then the positions
in Redis mean nothing, whatever the length of either log.
"""

from __future__ import annotations

from services.engine.errors import FencedError
from services.engine.watermarks import Watermarks
from services.platform.topic_log import WorkerLog


async def check_log(log: WorkerLog, watermarks: Watermarks) -> None:
    """Raises FencedError if Redis was counted from another log than `log`.

    If nothing is known of that, Redis belongs to this log from now on. A Kafka without topic ids
    (before 2.8) is not checked. Raises KafkaUnavailableError, also if the topic is not there, and
    RedisUnavailableError.
    """
    identity = await log.identity()
    known = await watermarks.claim(identity) if identity else identity
    if known != identity:
        raise other_log(f"of the topic with the id {known}, and this one has {identity}")


def other_log(why: str) -> FencedError:
    """Returns the error for a Redis of another log; `why` says how that is known."""
    return FencedError(
        f"Redis holds the count of another log: {why}. The topics were made again, or this is"
        " another Kafka. If it is the right one, livecount rebuild removes that count from Redis"
        " and writes this log's"
    )


async def remove_other_count(log: WorkerLog, watermarks: Watermarks) -> bool:
    """Removes what Redis holds of another log than `log`; returns whether it held any.

    Workers may count meanwhile. Raises KafkaUnavailableError and RedisUnavailableError.
    """
    found = await watermarks.watermarks(list(await log.ends()))
    # Read anew, after the watermarks: meanwhile the log may have grown, and been counted.
    ends = await log.ends()
    is_other = any((mark or 0) > ends[each] for each, mark in found.items())
    if not is_other:
        try:
            await check_log(log, watermarks)
        except FencedError:
            is_other = True
    if is_other:
        await watermarks.clear()
        await check_log(log, watermarks)
    return is_other
