"""Holds: which alerts the desk holds back until when, and what it has said of single ones. No I/O.

An alert waits from its publication on for as long as the newest rule says that fits its council and
kind. So it is due at the same moment whoever asks, and after every restart.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, get_args

from schemas.alert import Kind
from schemas.hold import AlertsHeldBack, AlertsReleased, HoldEvent
from services.notifier.notice import NIGHT_KINDS, Notice

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""The kinds that can be held back: all kinds of alerts. What a channel is sent of wards and of
input that was not counted is not."""

RELEASED_MAX: Final = 10_000
"""Alerts whose release is remembered, the newest: more than the desk can release in a year."""


class Wait(NamedTuple):
    """How long an alert is held back, and the rule for which it is."""

    until: datetime
    rule: AlertsHeldBack


class InForce(NamedTuple):
    """A rule that is in force, and the kinds for which no newer one has replaced it."""

    rule: AlertsHeldBack
    kinds: tuple[Kind, ...]


class Holds:
    """What the desk has said, in its order. The same events always give the same answers."""

    def __init__(self) -> None:
        # The newest rule for each council and kind, with its number; None is any council.
        self._rules: dict[tuple[str | None, Kind], tuple[int, AlertsHeldBack]] = {}
        self._released: dict[str, AlertsReleased] = {}
        self._heard = 0

    @property
    def say_nothing(self) -> bool:
        """Whether no rule is in force and nothing is released, as on most nights."""
        return not self._rules and not self._released

    def apply(self, event: HoldEvent) -> None:
        """Adds what the desk has said next."""
        self._heard += 1
        if isinstance(event, AlertsReleased):
            for alert in event.alerts:
                self._released.pop(alert, None)
                self._released[alert] = event
            while len(self._released) > RELEASED_MAX:
                del self._released[next(iter(self._released))]
            return
        for kind in event.kinds or KINDS:
            replaced = [
                place
                for place in self._rules
                if place[1] == kind and event.council in {None, place[0]}
            ]
            for place in replaced:
                del self._rules[place]
            # A council that is not held back is an exception only if all are.
            if event.seconds or (None, kind) in self._rules:
                self._rules[event.council, kind] = (self._heard, event)

    def wait(self, notice: Notice, published_at: datetime) -> Wait | None:
        """Returns until when a notice is held back and why; None if it is not.

        What the desk has released or dropped is not, nor is a withdrawal, which waits for what it
        withdraws only. What an alert says as well as the control alert of the same event is held
        back with that: it would give it away.
        """
        if self._release_of(notice) is not None:
            return None
        waits = [
            Wait(published_at + timedelta(seconds=rule.seconds), rule)
            for rule in self._rules_of(notice)
        ]
        return max(waits, key=lambda each: each.until, default=None)

    def dropped(self, notice: Notice) -> AlertsReleased | None:
        """Returns the ruling by which a notice is sent to nobody; None if there is none."""
        release = self._release_of(notice)
        return release if release is not None and release.ruling == "drop" else None

    def released(self, notice: Notice) -> bool:
        """Returns whether the desk has said that a notice is to be sent without waiting."""
        release = self._release_of(notice)
        return release is not None and release.ruling == "send"

    def concern(self, notice: Notice) -> bool:
        """Returns whether a notice is held back, or was before it was due or released."""
        return bool(self._rules_of(notice)) or self._release_of(notice) is not None

    def in_force(self) -> list[InForce]:
        """Returns the rules that are in force, oldest first."""
        kinds: dict[int, list[Kind]] = {}
        rules: dict[int, AlertsHeldBack] = {}
        for (_, kind), (number, rule) in self._rules.items():
            kinds.setdefault(number, []).append(kind)
            rules[number] = rule
        return [
            InForce(rules[number], tuple(each for each in KINDS if each in kinds[number]))
            for number in sorted(rules)
        ]

    def _release_of(self, notice: Notice) -> AlertsReleased | None:
        if notice.retracts or notice.doubt or not self._released:
            return None
        found = self._released.get(notice.id) or self._released.get(notice.told_by)
        return found if found is not None and (found.council or "") == notice.council else None

    def _rules_of(self, notice: Notice) -> Sequence[AlertsHeldBack]:
        """Returns the rules that hold a notice back, for its kind and for what it is told by."""
        if not self._rules or notice.retracts or notice.doubt:
            return ()
        found = []
        for kind in (notice.kind, "control") if notice.told_by else (notice.kind,):
            fitting = [
                self._rules[place]
                for place in ((notice.council, kind), (None, kind))
                if place in self._rules
            ]
            if fitting:
                _, newest = max(fitting, key=lambda each: each[0])
                found.append(newest)
        return [rule for rule in found if rule.seconds]


def scope_of(council: str | None, kinds: Sequence[Kind]) -> str:
    """Returns in words which alerts a rule is for: `control, result of local.barnet.2014-05-22`."""
    what = "all alerts" if set(kinds) in (set(), set(KINDS)) else ", ".join(kinds)
    if kinds and NIGHT_KINDS.issuperset(kinds):
        return f"{what} of the night"
    return f"{what} of {council or 'all councils'}"
