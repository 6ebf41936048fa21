"""What the answer 202 says against a declaration, with a real log behind it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.events import Event, encode_event
from services.intake.checker import CHECKED_MAX
from services.intake.producer import DeclarationProducer
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.intake_log import notice
from tests.support.keys import added, bearer
from tests.support.polls import CON, LAB, ballot, declared, opened, ward
from tests.support.sources import result
from tests.support.topics import remove

Start = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]

NAMES = ("north", "south", "east", "west", "hill")
OPENED = opened(*(ward(name, fielded={CON: 1, LAB: 1}) for name in NAMES), before=CON)
NIGHT: tuple[Event, ...] = (OPENED, result("south", 900, 610), result("east", 880, 640))
TYPO = result("north", 52_000, 620)
MORE_THAN_ANY = "votes: 52,000 for PP52 1, more than anybody gets in a ward"


class Door:
    """An intake that has read the log, with a key of each trust."""

    def __init__(self, intake: Any, keys: dict[str, str]) -> None:
        self.intake = intake
        self._keys = keys

    async def post(self, trust: str, *events: Event | dict[str, object]) -> list[dict[str, Any]]:
        """Returns the receipts of events that were sent in one request."""
        sent = [
            event if isinstance(event, dict) else json.loads(encode_event(event))
            for event in events
        ]
        answer = await self.intake.post(sent, **bearer(self._keys[trust]))
        assert answer.status_code == 202, answer.text
        receipts: list[dict[str, Any]] = answer.json()["declarations"]
        return receipts

    async def has_read(self) -> bool:
        """Returns whether intake has read the log; the notice for that is of another council."""
        (receipt,) = await self.post("final", notice())
        return bool(receipt["checked"])


@pytest.fixture
async def door(start: Start, settings: Settings, tmp_path: Path, eventually: Eventually) -> Door:
    """An intake behind which a council is open and two of its wards are declared."""
    async with DeclarationProducer(settings) as producer:
        await producer.publish_all(NIGHT)
    file = tmp_path / "keys.toml"
    keys = {trust: added(file, f"of-{trust}", trust=trust) for trust in ("final", "single")}
    made = Door(await start(keys_file=str(file)), keys)
    await eventually(made.has_read)
    return made


async def test_a_digit_too_many_is_named_whoever_says_it(door: Door) -> None:
    """From a final source it counts, with a warning; from a single one it is held."""
    (single,) = await door.post("single", TYPO)
    (final,) = await door.post("final", TYPO)

    assert single["checked"]
    assert final["checked"]
    until = "held until a second source says the same, or the desk accepts it: "
    assert single["warnings"][0].startswith(f"{until}{MORE_THAN_ANY}")
    assert final["warnings"][0].startswith(f"odd: {MORE_THAN_ANY}")


async def test_what_cannot_be_right_is_taken_and_said_to_be_held(door: Door) -> None:
    """Marks that the votes contradict, and a person who was not nominated."""
    swapped = result("north", 890, 620, elected=[1])
    unknown = declared("west", [(CON, 890), ("PP66", 620)])
    marks, person = await door.post("final", swapped, unknown)

    assert marks["warnings"][0].startswith("held: elected: ")
    assert person["warnings"][0].startswith("held: candidates: ")
    assert "PP66 1" in person["warnings"][0]


async def test_events_of_one_request_are_seen_one_after_the_other(door: Door) -> None:
    """The second has the figures of the first, and nothing speaks against the first."""
    first, second = await door.post("final", result("north", 871, 633), result("west", 871, 633))

    assert first["warnings"] == []
    assert second["warnings"] == [
        "odd: votes: the figures of North; check that they are of this ward"
    ]


async def test_what_is_not_known_is_said_to_be_parked_and_a_label_to_be_nobodys(
    door: Door,
) -> None:
    """Before the desk has to ask."""
    moor = json.loads(encode_event(result("moor", 890, 620)))
    moor["candidates"][0] |= {"party_id": "", "party": "Barsetshire First"}
    (receipt,) = await door.post("final", moor)

    parked, label = receipt["warnings"]
    assert parked.startswith(f"parked: ballot_paper_id: {ballot('moor')} is none of the ballots")
    assert label.startswith("party: 'Barsetshire First' is in no register")


async def test_beyond_so_many_events_of_a_request_the_answer_says_that_it_has_not_looked(
    door: Door,
) -> None:
    """All are taken."""
    receipts = await door.post("final", *(notice(number) for number in range(1, CHECKED_MAX + 2)))

    assert [each["checked"] for each in receipts[-2:]] == [True, False]
    (why,) = receipts[-1]["warnings"]
    assert why.startswith(f"not checked: only the first {CHECKED_MAX} events of a request are")
    assert "`livecount explain local.barnet.2014-05-22`" in why


async def test_a_declaration_is_taken_though_the_log_cannot_be_read(
    start: Start, settings: Settings
) -> None:
    """The answer says that it was not checked, and where to look."""
    await remove(settings, Topics(settings.namespace).rejects)
    intake = await start()
    answer = await intake.post(json.loads(encode_event(TYPO)))

    assert answer.status_code == 202
    (receipt,) = answer.json()["declarations"]
    assert not receipt["checked"]
    (why,) = receipt["warnings"]
    assert why.startswith("not checked: intake has yet to read the log; `livecount explain")
