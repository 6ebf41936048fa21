"""The subscriptions in memory: who is there, and who wants an alert. No I/O."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from schemas.alert import Alert
from schemas.push_subscription import Following, PushKind, PushSubscription


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One browser: a subscription as it is kept, in a third of the memory that its model takes."""

    id: str
    endpoint: str
    p256dh: str
    auth: str
    following: dict[str, frozenset[PushKind]]
    at: datetime

    def model(self) -> PushSubscription:
        """Returns the subscription as it is written to the log."""
        return PushSubscription(
            endpoint=self.endpoint,
            p256dh=self.p256dh,
            auth=self.auth,
            following=tuple(
                Following(about=about, kinds=tuple(sorted(kinds)))
                for about, kinds in self.following.items()
            ),
            at=self.at,
        )


def subscriber(subscription: PushSubscription) -> Subscriber:
    """Returns a subscription as it is kept in memory."""
    return Subscriber(
        subscription.id,
        subscription.endpoint,
        subscription.p256dh,
        subscription.auth,
        {
            # Many follow the same, whose id is so kept once.
            sys.intern(each.about): _KINDS.setdefault(frozenset(each.kinds), frozenset(each.kinds))
            for each in subscription.following
        },
        subscription.at,
    )


_KINDS: dict[frozenset[PushKind], frozenset[PushKind]] = {}
"""Every set of kinds that anybody has asked for, at most fifteen, so that each is kept once."""


class Subscriptions:
    """Everybody who is subscribed, by id, and by what they follow."""

    def __init__(self) -> None:
        self._by_id: dict[str, Subscriber] = {}
        self._by_about: dict[str, dict[str, frozenset[PushKind]]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Subscriber]:
        return iter(self._by_id.values())

    def get(self, identifier: str) -> Subscriber | None:
        """Returns a subscriber, or None if there is none of that id."""
        return self._by_id.get(identifier)

    def put(self, added: Subscriber) -> None:
        """Adds a subscriber, or replaces what was known under the same id."""
        self.remove(added.id)
        self._by_id[added.id] = added
        for about, kinds in added.following.items():
            self._by_about.setdefault(about, {})[added.id] = kinds

    def remove(self, identifier: str) -> None:
        """Removes a subscriber; ignored if there is none of that id."""
        removed = self._by_id.pop(identifier, None)
        for about in removed.following if removed is not None else ():
            followers = self._by_about[about]
            del followers[identifier]
            if not followers:
                del self._by_about[about]

    def wanting(self, alert: Alert) -> list[str]:
        """Returns the ids of those who are told an alert, each once, in the order of following.

        A withdrawal is told to those who are told such alerts, also to who came after the alert.
        """
        found: dict[str, None] = {}
        for about in dict.fromkeys(_abouts(alert)):
            for identifier, kinds in self._by_about.get(about, {}).items():
                if identifier not in found and is_wanted(alert, kinds):
                    found[identifier] = None
        return list(found)


def _abouts(alert: Alert) -> Iterator[str]:
    """Yields everything that an alert is about.

    An alert about what decides is about the ward that decides, and not about the one that caused
    it. The notifier's channels for wards are told by the same rule.
    """
    if alert.council is not None:
        yield alert.council
    yield from alert.ballots
    if alert.cause is not None and alert.kind != "decider":
        yield alert.cause
    yield alert.election


def is_wanted(alert: Alert, kinds: frozenset[PushKind]) -> bool:
    """Returns whether somebody who has asked for these kinds is told an alert.

    What the control alert of the same event says as well is not told besides that one.
    """
    if not any(_is_of(alert, kind) for kind in kinds):
        return False
    is_told_control = kinds & {"all", "calls"} or ("changes" in kinds and alert.change)
    return not (alert.told_by and is_told_control)


def _is_of(alert: Alert, kind: PushKind) -> bool:
    match kind:
        case "changes":
            return alert.kind == "control" and alert.change is True
        case "calls":
            return alert.kind == "control" or alert.beat == "flash"
        case "results":
            return alert.kind == "result" or alert.beat == "final"
        case "all":
            # A digest repeats what was told, every quarter of an hour.
            return alert.kind != "night"
        case unknown:
            assert_never(unknown)
