"""Declarations are checked beside councils while they are sent, within bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from election.council import Council
from readers.parties_file import shipped_register
from schemas.events import Event
from schemas.ward import Candidate
from services.intake.checker import (
    ANSWER_CHARACTERS_MAX,
    LINE_CHARACTERS_MAX,
    LINES_MAX,
    UNREAD_MAX,
    Checked,
    Checker,
)
from services.intake.message import Message, prepare
from services.intake.producer import Acknowledgement
from services.platform.errors import KafkaUnavailableError
from tests.support.polls import CON, COUNCIL, LAB, LD, declared, opened, ward
from tests.support.sources import heard, result

OPENED = opened(*(ward(name, fielded={CON: 1, LAB: 1}) for name in ("north", "south")))
PARTITION = 3


class Followed:
    """Councils that are followed up to an offset of the one partition."""

    def __init__(self, *events: Event, read_to: int = 0, caught_up: bool = True) -> None:
        self.councils: Mapping[str, Council] = {COUNCIL: heard(*events)[0]} if events else {}
        self.is_caught_up = caught_up
        self._read_to = read_to

    def knows(self, council: str) -> bool:
        """Returns whether all is known of a council."""
        return self.is_caught_up and bool(council)

    def read_to(self, partition: int) -> int:
        """Returns the offset after the last record that was read."""
        return self._read_to if partition == PARTITION else 0


def messages(*events: Event) -> list[Message]:
    """Returns events as they are sent."""
    return [prepare(event, "rehearsal") for event in events]


async def checked(followed: Any, *events: Event, first: int = 0) -> Sequence[Checked]:
    """Returns what is said of events that stand in the log from an offset on."""
    places = [Acknowledgement(PARTITION, first + number) for number in range(len(events))]

    async def send() -> list[Acknowledgement]:
        return places

    checker = Checker(followed, shipped_register())
    acknowledged, found = await checker.beside(messages(*events), send())
    assert acknowledged == places
    return found


async def test_an_event_is_checked_beside_its_council_as_it_was_before() -> None:
    """A usual one has no warning; one with a digit too many has."""
    events = result("north", 890, 620), result("south", 9, 52_000)
    usual, typo = await checked(Followed(OPENED), *events)

    assert usual == Checked(())
    assert typo.is_checked
    assert typo.warnings[0].startswith("odd: votes: 52,000 for PP53 1")


async def test_beside_a_log_that_is_not_read_nothing_is_said_of_the_event() -> None:
    """But that it was not checked, and where to look."""
    (found,) = await checked(Followed(caught_up=False), result("north", 890, 52_000))

    assert not found.is_checked
    (why,) = found.warnings
    assert why.startswith("not checked: intake has yet to read the log; `livecount explain")


async def test_what_is_found_beside_old_councils_is_said_with_how_old_they_are() -> None:
    """A few declarations that came at the same time are no reason to say so."""
    event = result("north", 890, 52_000)
    for unread, is_checked in ((UNREAD_MAX, True), (UNREAD_MAX + 1, False)):
        (found,) = await checked(Followed(OPENED, read_to=7), event, first=7 + unread)

        assert found.is_checked is is_checked
        assert found.warnings[0].startswith("odd: votes: 52,000")
        assert ("has yet to read 101 declarations" in found.warnings[-1]) is not is_checked


async def test_a_warning_is_cut_whatever_people_are_called() -> None:
    """Fifty of whom nobody was nominated, with the longest names."""
    people = tuple(
        Candidate(candidate=f"{'X' * 150} {number}", party_id="PP66", votes=900 - number)
        for number in range(50)
    )
    event = result("north", 890, 620).model_copy(update={"candidates": people})
    (found,) = await checked(Followed(OPENED), event)

    assert found.warnings
    assert max(map(len, found.warnings)) == LINE_CHARACTERS_MAX


async def test_of_more_warnings_than_fit_into_an_answer_there_is_the_number() -> None:
    """An opening may have a line for each of its wards, and a request many openings."""
    wards = [f"ward-{number}" for number in range(30)]
    listed = opened(*(ward(name, fielded={LAB: 1, CON: 1}) for name in wards))
    known = [declared(name, [(LD, 9)], elected=[0], source="X" * 200) for name in wards]
    events = [listed.model_copy(update={"revision": 1})] * 2
    found = await checked(Followed(*known), *events)

    assert len(found[0].warnings) == LINES_MAX
    assert sum(len(line) for each in found for line in each.warnings) <= ANSWER_CHARACTERS_MAX


async def test_what_sending_raises_is_raised() -> None:
    """Nothing is said of what is not in the log."""

    async def send() -> list[Acknowledgement]:
        raise KafkaUnavailableError("Kafka did not acknowledge")

    checker = Checker(Followed(OPENED), shipped_register())  # type: ignore[arg-type]
    with pytest.raises(KafkaUnavailableError):
        await checker.beside(messages(result("north", 890, 620)), send())
