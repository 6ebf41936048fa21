"""A pending notice: what one channel has not been sent yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aiokafka import TopicPartition

from services.notifier.notice import Notice
from services.notifier.polls_close import held_until


@dataclass(slots=True, eq=False)
class PendingNotice:
    """A notice that a channel has not been sent yet, and the Kafka message it was read from.

    `published_at` is Kafka's time stamp; `received_at` is when this notifier read it, and `since`
    is when it may be told: at once, or when the polls close.
    """

    notice: Notice
    partition: TopicPartition
    offset: int
    published_at: datetime
    received_at: datetime
    attempts: int = 0
    since: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.since = max(self.published_at, held_until(self.notice) or self.published_at)
