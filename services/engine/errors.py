"""What can go wrong in the count. A service that gives up ends with the error's exit status."""

from __future__ import annotations

from services.platform.errors import ServiceError
from services.platform.exit_status import ExitStatus


class FencedError(ServiceError):
    """Redis is ahead of this worker: another counts its partition, or it was another log's."""

    exit_status = ExitStatus.FENCED


class ReassignedError(FencedError):
    """Partitions changed hands while this worker used them: it may no longer say what they hold."""


class DataLossError(ServiceError):
    """Redis is behind this worker: it lost data and has to be rebuilt."""

    exit_status = ExitStatus.FENCED


class TooManyRejectsError(ServiceError):
    """Too many of the messages that arrived were rejected."""

    exit_status = ExitStatus.TOO_MANY_REJECTS


class TopicLimitError(ServiceError):
    """A topic takes smaller messages than livecount makes."""

    exit_status = ExitStatus.BROKEN
