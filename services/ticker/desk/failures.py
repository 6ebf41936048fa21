"""The alerts that were not delivered and the input that was rejected. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from schemas.delivery import Delivery
from schemas.reject import Reason, Reject
from services.ticker.desk.said import said

SHOWN_MAX: Final = 200
"""Deliveries kept, and as many rejects: more than anybody reads. The topics keep all of them."""

LOADING: Final = "Still reading what is there."
"""The notice shown until both topics have been read to their ends."""

KEY_LENGTH_MAX: Final = 200
"""Characters of a message's key that are shown; a council's id has some thirty."""


@dataclass(frozen=True, slots=True)
class RejectedInput:
    """Input that does not count: its `partition/offset`, and when it was rejected.

    `said` is what it says in one line, blank if that cannot be read. The message itself, which
    may be a megabyte, is left out; `rejects show` prints it.
    """

    place: str
    at: datetime
    reason: Reason
    key: str
    faults: tuple[str, ...]
    said: str = ""


class Failures:
    """The newest failed deliveries and rejects of a namespace.

    `notice` says why they may be out of date; it is empty if they are not.
    """

    def __init__(self, limit: int = SHOWN_MAX) -> None:
        self.notice = LOADING
        self._limit = limit
        self._deliveries: dict[tuple[str, str], Delivery] = {}
        self._rejects: dict[str, RejectedInput] = {}

    def add_delivery(self, delivery: Delivery) -> None:
        """Adds a record of the delivery ledger.

        The last record of an alert at a channel counts; only failures are kept.
        """
        deliveries = self._deliveries
        deliveries.pop((delivery.channel, delivery.alert_id), None)
        if delivery.status == "failed":
            deliveries[delivery.channel, delivery.alert_id] = delivery
        if len(deliveries) > self._limit:
            del deliveries[min(deliveries, key=lambda each: deliveries[each].at)]

    def add_reject(self, reject: Reject, at: datetime) -> None:
        """Adds a reject that was published at that time. A repeated one is kept once."""
        rejects = self._rejects
        place = f"{reject.partition}/{reject.offset}"
        key = (reject.key or b"").decode("utf-8", "replace")[:KEY_LENGTH_MAX]
        faults = tuple(reject.detail.splitlines()) or (reject.reason,)
        rejects[place] = RejectedInput(place, at, reject.reason, key, faults, said(reject.value))
        if len(rejects) > self._limit:
            del rejects[min(rejects, key=lambda each: rejects[each].at)]

    def failed_deliveries(self) -> list[Delivery]:
        """Returns the alerts that were not delivered, newest first."""
        return sorted(self._deliveries.values(), key=lambda each: each.at, reverse=True)

    def rejected_input(self) -> list[RejectedInput]:
        """Returns the input that was not counted, newest first."""
        return sorted(self._rejects.values(), key=lambda each: each.at, reverse=True)


_REMEDIES: Final = (
    (
        ("answered 401", "answered 403"),
        "The receiver refuses livecount: correct this channel's secret or password.",
    ),
    (
        ("answered 404", "answered 410"),
        "Nobody takes messages at this channel's address: correct it.",
    ),
    (
        ("alerts are waiting already",),
        "The receiver was away, or had quiet hours, for too long: see whether it is up.",
    ),
)
"""Texts that a failure's detail may contain, and what helps in that case."""


def remedy(delivery: Delivery) -> str:
    """Returns what a producer can do about an alert that was not delivered."""
    for signs, text in _REMEDIES:
        if any(sign in delivery.detail for sign in signs):
            return text
    return "See whether the receiver is up."
