"""How the aggregator ends itself, and what its exit status says to whoever restarts it.

Statuses follow sysexits.h. Every one of them leaves the batch in hand unacknowledged, so the
next worker begins with it.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import NoReturn

import structlog

from services.aggregator.outputs import KafkaAway
from services.aggregator.reject_limit import Poisoned
from services.aggregator.store import Fenced, RedisAway

log = structlog.get_logger(__name__)


class Exit(IntEnum):
    """Why an aggregator gave up."""

    POISONED = os.EX_DATAERR
    """Too many messages were rejects; a restart alone will not help. 65."""
    REDIS_AWAY = os.EX_UNAVAILABLE
    """Redis did not answer for longer than the retries last; restart. 69."""
    BROKEN = os.EX_SOFTWARE
    """An unexpected error, logged with its trace; restart. 70."""
    KAFKA_AWAY = os.EX_IOERR
    """Kafka did not acknowledge an output or answer a replay, or the group is lost; restart. 74."""
    FENCED = os.EX_TEMPFAIL
    """Another worker counts this one's partition; restart and rejoin. 75."""
    STALLED = os.EX_OSERR
    """Declarations wait and none was counted, or a rebalance or a stop did not end; restart. 71."""


_STATUSES: dict[type[Exception], Exit] = {
    Fenced: Exit.FENCED,
    KafkaAway: Exit.KAFKA_AWAY,
    Poisoned: Exit.POISONED,
    RedisAway: Exit.REDIS_AWAY,
}


def leave(status: Exit, why: str, **details: object) -> NoReturn:
    """Ends the process at once, without acknowledging anything and without a graceful stop.

    A graceful stop of Faust may acknowledge what was never counted, or wait for ever for what
    cannot be counted (docs/userguide/agents.rst in faust-streaming: "the source message will be
    acked"). So logs are flushed, and the process is gone.
    """
    log.critical(why, exit_status=int(status), exit_name=status.name.lower(), **details)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


@contextmanager
def or_leave() -> Iterator[None]:
    """Ends the process where the body raises, with the status that tells why.

    A cancellation, as in a graceful stop, passes through.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - nothing may reach Faust, which acknowledges on error
        status = _STATUSES.get(type(error), Exit.BROKEN)
        leave(status, str(error), exc_info=status is Exit.BROKEN)
