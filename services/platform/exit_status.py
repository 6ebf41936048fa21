"""The exit statuses of every command, in one place.

0 is success, 1 an answer of no and 2 unusable arguments, as everywhere; 3 is success in part. The
others follow sysexits.h, so that whoever restarts a service knows why it ended.
"""

from __future__ import annotations

import os
from enum import IntEnum


class ExitStatus(IntEnum):
    """How a process of livecount ended."""

    FAILED = 1
    """What was asked for was not found, was not counted or is not true."""
    UNUSABLE = 2
    """Arguments, settings or files cannot be used; each fault is on standard error."""
    LEFT_OUT = 3
    """What could be counted was; something was left out or set aside, each on standard error."""
    TOO_MANY_REJECTS = os.EX_DATAERR
    """Too many messages were rejects; a restart does not help by itself. 65."""
    REDIS_UNAVAILABLE = os.EX_UNAVAILABLE
    """Redis did not answer for longer than the retries last; restart. 69."""
    BROKEN = os.EX_SOFTWARE
    """An unexpected error, logged with its trace; restart. 70."""
    STALLED = os.EX_OSERR
    """Declarations wait and none was counted, or a rebalance or a stop did not end; restart. 71."""
    KAFKA_UNAVAILABLE = os.EX_IOERR
    """Kafka did not acknowledge an output or answer a replay, or the group is lost; restart. 74."""
    FENCED = os.EX_TEMPFAIL
    """Another worker counts this one's partition; restart and rejoin. Or another has its name, or
    Redis holds the count of another log; that a restart does not mend. 75."""
