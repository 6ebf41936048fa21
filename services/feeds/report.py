"""Report: what the desk should know of a feed, in its log, its metrics and its health."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog

from readers.councils import Councils
from schemas.uk_time import UK_TIME
from services.feeds.piece import Piece
from services.platform.health import Health
from services.platform.metrics import (
    FEED_ANSWERED_AT_SECONDS,
    FEED_BROKEN,
    FEED_FINDINGS,
    FEED_LATE,
    FEED_WORDS,
)

LATE_AFTER: Final = timedelta(hours=1)
"""How long after its expected time a council without any result is late. Counts often take longer
than they were expected to; an hour is when somebody should look."""

SHOWN_MAX: Final = 3
"""Things of a kind that health names, with each kind in a line; the log has all of them."""

_log = structlog.get_logger()


class Report:
    """What is wrong with a feed now. `now` is the time of day.

    Each finding is logged once, when it is new.
    """

    def __init__(self, health: Health, councils: Councils, now: Callable[[], datetime]) -> None:
        self._health = health
        self._councils = councils
        self._now = now
        self._broken: dict[str, tuple[str, str]] = {}
        self._findings: dict[str, tuple[str, ...]] = {}
        self._refused: dict[str, str] = {}
        self._late: tuple[str, ...] = ()

    def saw(self, pieces: Iterable[Piece]) -> None:
        """Takes every piece of a look; those that are no longer there are forgotten."""
        there = {piece.name: piece for piece in pieces}
        for gone in self._findings.keys() - there.keys():
            del self._findings[gone]
        for gone in self._broken.keys() - there.keys():
            del self._broken[gone]
        for piece in there.values():
            self._saw(piece)
        if not self._broken:
            FEED_ANSWERED_AT_SECONDS.set(self._now().timestamp())

    def _saw(self, piece: Piece) -> None:
        if piece.broken:
            since = f"{self._now().astimezone(UK_TIME):%H:%M}"
            was, since = self._broken.get(piece.name, ("", since))
            self._broken[piece.name] = (piece.broken, since)
            if was != piece.broken:
                _log.error("broken", piece=piece.name, why=piece.broken)
            return
        if self._broken.pop(piece.name, None) is not None:
            _log.info("well again", piece=piece.name)
        if not piece.is_new:
            return
        found = tuple(map(str, piece.findings))
        for each in dict.fromkeys(found):
            if each not in self._findings.get(piece.name, ()):
                _log.warning("finding", piece=piece.name, finding=each)
        self._findings[piece.name] = found

    def heard(self, councils: frozenset[str]) -> None:
        """Takes the councils of which anything was said; those that should have been are late."""
        limit = self._now() - LATE_AFTER
        late = tuple(
            each.shown_name
            for each in self._councils.all
            if each.expected_at and each.expected_at < limit and each.council not in councils
        )
        for name in late:
            if name not in self._late:
                _log.warning("late", council=name)
        self._late = late

    def acknowledged(self, subject: str, warnings: tuple[str, ...]) -> None:
        """Notes that intake has taken a word, and what it warns of."""
        FEED_WORDS.labels("acknowledged").inc()
        self._refused.pop(subject, None)
        for warning in warnings:
            _log.info("intake warns", subject=subject, warning=warning)

    def refused(self, subject: str, why: str) -> None:
        """Notes that intake does not take a word."""
        FEED_WORDS.labels("refused").inc()
        if self._refused.get(subject) != why:
            _log.error("refused", subject=subject, why=why)
        self._refused[subject] = why

    def sent(self, failure: str = "") -> None:
        """Notes whether intake took what was sent, and says in health what is wrong now."""
        if failure:
            FEED_WORDS.labels("failed").inc()
            _log.error("not sent", why=failure)
        self._health.lacks(f"intake: {failure}" if failure else "")
        findings = [each for of_one in self._findings.values() for each in of_one]
        FEED_BROKEN.set(len(self._broken))
        FEED_FINDINGS.set(len(findings))
        FEED_LATE.set(len(self._late))
        broken = [f"{name} since {since}: {why}" for name, (why, since) in self._broken.items()]
        refused = [f"{subject}: {why}" for subject, why in self._refused.items()]
        kinds = {"broken": broken, "late": self._late, "refused": refused, "findings": findings}
        said = [f"{kind}: {_some(listed)}" for kind, listed in kinds.items() if listed]
        self._health.remark = "\n".join(said)


def _some(listed: Iterable[str]) -> str:
    """Returns how many things there are and the first of them, in one line."""
    several = [" ".join(each.split()) for each in listed]
    more = [f"{len(several) - SHOWN_MAX} more"] if len(several) > SHOWN_MAX else []
    return f"{len(several)} ({' | '.join([*several[:SHOWN_MAX], *more])})"
