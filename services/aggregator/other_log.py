"""Whether Redis was counted from the log that there is, or from another of the same name.

Topics may be removed and made again, and a worker may be led to another Kafka. Then the positions
in Redis mean nothing, whatever the length of either log.
"""

from __future__ import annotations

from services.aggregator.errors import FencedError
from services.aggregator.store import Store
from services.platform import redis
from services.platform.names import Keys
from services.platform.namespace import clear
from services.platform.settings import Settings
from services.platform.topic_log import DeclarationsLog


async def check_log(declarations: DeclarationsLog, store: Store) -> None:
    """Raises FencedError if Redis was counted from another log than `declarations`.

    If nothing is known of that, Redis belongs to this log from now on. A Kafka without topic ids
    (before 2.8) is not checked. Raises KafkaUnavailableError and RedisUnavailableError.
    """
    identity = await declarations.identity()
    known = await store.claim(identity) if identity else identity
    if known != identity:
        raise other_log(f"of the topic with the id {known}, and this one has {identity}")


def other_log(why: str) -> FencedError:
    """Returns the error for a Redis of another log; `why` says how that is known."""
    return FencedError(
        f"Redis holds the count of another log: {why}. The topics were made again, or this is"
        " another Kafka. If it is the right one, livecount rebuild removes that count from Redis"
        " and writes this log's"
    )


async def remove_other_count(settings: Settings) -> bool:
    """Removes what Redis holds of another log; returns whether it held any.

    Raises KafkaUnavailableError and RedisUnavailableError.
    """
    declarations = DeclarationsLog(settings, lambda: None)
    ends = await declarations.ends()
    async with redis.connect(settings) as client:
        store = Store(client, Keys(settings.namespace))
        watermarks = await store.watermarks(list(ends))
        is_other = any((watermarks[each] or 0) > end for each, end in ends.items())
        if not is_other:
            try:
                await check_log(declarations, store)
            except FencedError:
                is_other = True
        if is_other:
            await clear(client, settings.namespace)
            await check_log(declarations, store)
    return is_other
