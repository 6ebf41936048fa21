"""What went wrong tonight, for the producer: alerts not delivered, input not counted. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from schemas.delivery import Delivery
from schemas.reject import Reason, Reject

SHOWN_MAX: Final = 200
"""Failures kept, and rejects: more than anybody reads. The topics keep all of them."""

READING: Final = "Still reading what is there."


KEY_LENGTH_MAX: Final = 200
"""Characters of a message's key that are shown; a council's id has some thirty."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Input that was not counted: where it stands, as partition/offset, and when it was seen.

    Without the message's bytes, which may be a megabyte each; `rejects show` has them.
    """

    place: str
    at: datetime
    reason: Reason
    key: str
    faults: tuple[str, ...]


class Troubles:
    """The newest failures and rejects of a namespace. `away` says why they may be out of date."""

    def __init__(self, limit: int = SHOWN_MAX) -> None:
        self.away = READING
        self._limit = limit
        self._failures: dict[tuple[str, str], Delivery] = {}
        self._rejects: dict[str, Rejected] = {}

    def take_delivery(self, delivery: Delivery) -> None:
        """Takes in a record of the ledger. The last one of an alert at a channel stands."""
        failures = self._failures
        failures.pop((delivery.channel, delivery.alert_id), None)
        if delivery.status == "failed":
            failures[delivery.channel, delivery.alert_id] = delivery
        if len(failures) > self._limit:
            del failures[min(failures, key=lambda each: failures[each].at)]

    def take_reject(self, reject: Reject, at: datetime) -> None:
        """Takes in a reject, set aside at that time. One set aside twice is shown once."""
        rejects = self._rejects
        place = f"{reject.partition}/{reject.offset}"
        key = (reject.key or b"").decode("utf-8", "replace")[:KEY_LENGTH_MAX]
        faults = tuple(reject.detail.splitlines()) or (reject.reason,)
        rejects[place] = Rejected(place, at, reject.reason, key, faults)
        if len(rejects) > self._limit:
            del rejects[min(rejects, key=lambda each: rejects[each].at)]

    def failures(self) -> list[Delivery]:
        """Returns the alerts not delivered, the latest first."""
        return sorted(self._failures.values(), key=lambda each: each.at, reverse=True)

    def rejects(self) -> list[Rejected]:
        """Returns the input not counted, the last set aside first."""
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
"""What a failure's detail begins with, and what helps then."""


def what_to_do(delivery: Delivery) -> str:
    """Returns what a producer does about an alert that a channel was not given."""
    for signs, remedy in _REMEDIES:
        if any(sign in delivery.detail for sign in signs):
            return remedy
    return "See whether the receiver is up."
