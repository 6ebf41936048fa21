"""What waits, in which order, and since when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from schemas.events import Event
from services.entry.waiting_list import WaitingList
from services.entry.wording import age
from services.following.decode import Record
from services.following.step import counted
from tests.support.polls import CON, COUNCIL, LAB, ballot, opened, ward
from tests.support.sources import by, content, decision, result

AT = datetime(2026, 5, 8, 1, 47, tzinfo=UTC)
OPENING = opened(ward("north", 1, {CON: 1, LAB: 1}), ward("south", 1, {CON: 1, LAB: 1}))
NORTH, SOUTH = result("north", 900, 500), result("south", 500, 900)


class Night:
    """A council in the log, and the list of what waits of it."""

    def __init__(self) -> None:
        self.listed = WaitingList()
        self.council = None
        self.minutes = 0

    def say(self, event: Event) -> bool:
        """Adds an event to the log, a minute after the last; returns whether the list changed."""
        self.minutes += 1
        at = AT + timedelta(minutes=self.minutes)
        record = cast(
            "Record",
            SimpleNamespace(partition=0, offset=0, timestamp=int(at.timestamp() * 1_000)),
        )
        step = counted(record, event, self.council, ())
        self.listed.hear(step)
        self.council = step.after
        assert step.after is not None
        return self.listed.update([COUNCIL], {COUNCIL: step.after})

    def waits(self) -> list[tuple[str, int]]:
        """Returns the ballots that wait, each with the minute since which it does."""
        return [
            (each.ballot.ballot_paper_id, int((each.since - AT).total_seconds()) // 60)
            for each in self.listed.ballots()
            if each.since is not None
        ]


@pytest.fixture
def night() -> Night:
    """A council that was opened."""
    made = Night()
    made.say(OPENING)
    return made


def test_a_result_waits_since_its_source_said_it(night: Night) -> None:
    """What has waited for longest comes first; what counts does not wait."""
    assert night.say(by("site", "second", SOUTH))
    assert night.say(by("site", "second", NORTH))
    assert not night.say(by("site", "second", NORTH))

    assert night.waits() == [(ballot("south"), 2), (ballot("north"), 3)]


def test_what_is_decided_comes_last_while_it_is_in_doubt(night: Night) -> None:
    """Something contradicts what the desk has accepted."""
    night.say(by("site", "second", SOUTH))
    night.say(decision("south", ruling="accept", content=content(SOUTH)))
    assert night.waits() == []
    night.say(by("ann", "single", result("south", 501, 900)))
    night.say(by("site", "second", NORTH))

    assert night.waits() == [(ballot("north"), 5), (ballot("south"), 4)]


def test_a_council_that_is_gone_waits_for_nothing(night: Night) -> None:
    """As when the log was made again."""
    night.say(by("site", "second", NORTH))

    assert night.listed.update([COUNCIL], {})
    assert night.listed.ballots() == []
    assert night.listed.said_at(COUNCIL, ballot("north"), "site") is None


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-1, "less than a minute"),
        (0.9, "less than a minute"),
        (1, "1 min"),
        (59, "59 min"),
        (61, "1 h 1 min"),
        (26 * 60, "1 d 2 h"),
    ],
)
def test_an_age_is_in_minutes_and_hours(minutes: float, words: str) -> None:
    """A clock that is behind Kafka's shows none that is negative."""
    assert age(AT, AT + timedelta(minutes=minutes)) == words
