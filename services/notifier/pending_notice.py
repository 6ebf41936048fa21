"""A pending notice: what one channel has not been sent yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aiokafka import TopicPartition

from schemas.delivery import Delivery
from services.notifier.ledger import Status
from services.notifier.notice import Notice
from services.notifier.polls_close import held_until
from services.notifier.senders.message_text import marked_line


@dataclass(slots=True, eq=False)
class PendingNotice:
    """A notice that a channel has not been sent yet, and the Kafka message it was read from.

    `published_at` is Kafka's time stamp; `received_at` is when this notifier read it, and `since`
    is when it may be told: at once, or when the polls close. `ready_at` is since when neither the
    polls nor the desk hold it, None while one of them does. `refusals` is how often the receiver
    has refused it, and `is_displaced` whether too many others are held back for it to be.
    """

    notice: Notice
    partition: TopicPartition
    offset: int
    published_at: datetime
    received_at: datetime
    attempts: int = 0
    refusals: int = 0
    is_displaced: bool = False
    since: datetime = field(init=False)
    ready_at: datetime | None = field(init=False)

    def __post_init__(self) -> None:
        self.ready_at = self.received_at
        self.since = max(self.published_at, held_until(self.notice) or self.published_at)

    def delivery(self, channel: str, status: Status, detail: str, at: datetime) -> Delivery:
        """Returns how this went at a channel, as the ledger records it."""
        return Delivery(
            alert_id=self.notice.id,
            channel=channel,
            status=status,
            council=self.notice.council or None,
            text=marked_line(self.notice),
            attempts=self.attempts,
            at=at,
            detail=detail,
        )
