"""The waiting list: the ballots that the desk has to decide about, and since when. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from election.council import Council
from election.declaration import declaration
from election.evidence.claim import content_of
from election.evidence.no_poll import content_of_no_poll, waits_for_the_desk
from schemas.events import Event
from schemas.source import DEFAULT_SOURCE
from schemas.ward import WardDeclared, WardStatus
from services.following.decode import logged_at
from services.following.step import Step
from services.review.waiting import Waiting, waiting


class Waits(NamedTuple):
    """A ballot that waits, and when the first of its words that wait was said, if that is known."""

    ballot: Waiting
    since: datetime | None


class _Word(NamedTuple):
    """What a source says, by its content, and when it first said so."""

    content: str
    at: datetime


class WaitingList:
    """What waits of all councils, kept council by council as they change."""

    def __init__(self) -> None:
        self._by_council: dict[str, list[Waits]] = {}
        self._words: dict[str, dict[tuple[str, str], _Word]] = {}

    def hear(self, step: Step) -> None:
        """Notes when a source said what it now says, if a record is its word."""
        event = step.event
        content = _content(event)
        if isinstance(event, WardDeclared | WardStatus) and content and step.changed:
            words = self._words.setdefault(event.council, {})
            place = event.ballot_paper_id, event.source_id or DEFAULT_SOURCE
            # A feed that is polled says the same again and again.
            if place not in words or words[place].content != content:
                words[place] = _Word(content, logged_at(step.record))

    def update(self, changed: Iterable[str], councils: Mapping[str, Council]) -> bool:
        """Looks at councils again that may have changed; returns whether the list is another."""
        is_new = False
        for name in changed:
            council = councils.get(name)
            before = self._by_council.pop(name, [])
            after: list[Waits] = []
            if council is None:
                self._words.pop(name, None)
            else:
                after = [Waits(each, self._since(each)) for each in waiting([council])]
            if after:
                self._by_council[name] = after
            is_new |= before != after
        return is_new

    def ballots(self) -> list[Waits]:
        """Returns those that wait: undecided ones first, and what has waited for longest first."""
        found = [each for council in self._by_council.values() for each in council]
        return sorted(found, key=_order)

    def said_at(self, council: str, ballot: str, source: str) -> datetime | None:
        """Returns when a source said what it now says of a ballot, if that is known."""
        word = self._words.get(council, {}).get((ballot, source))
        return word.at if word is not None else None

    def _since(self, ballot: Waiting) -> datetime | None:
        times = (
            self.said_at(ballot.council, ballot.ballot_paper_id, word.source)
            for word in ballot.words
            if word.became in {"held", "disputed"} or ballot.state == "parked"
        )
        return min((each for each in times if each is not None), default=None)


def _content(event: Event | None) -> str:
    """Returns the id of what an event says of a ballot; blank if it waits for nobody."""
    if isinstance(event, WardDeclared):
        return content_of(declaration(event))
    if isinstance(event, WardStatus) and waits_for_the_desk(event):
        return content_of_no_poll(event.status)
    return ""


def _order(each: Waits) -> tuple[bool, float, str]:
    began = each.since.timestamp() if each.since else 0.0
    return each.ballot.decisions > 0, began, each.ballot.ballot_paper_id
