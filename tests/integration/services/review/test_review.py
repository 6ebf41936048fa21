"""`livecount review` with a real Kafka."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.events import encode_event
from services.intake.producer import DeclarationProducer
from services.platform.errors import KafkaUnavailableError
from services.platform.settings import Settings
from services.review.deciding import decide, find_ward
from services.review.decision import UnusableDecisionError
from tests.support.intake_log import log
from tests.support.keys import audit
from tests.support.polls import CON, ballot, opened, ward
from tests.support.sources import by, content, decision, result
from tests.support.waiting_night import NIGHT, NORTH

Process = Callable[..., Any]

OTHER = result("north", 500, 900)
DESK = ("--by", "Ann", "--reason", "the sheet says so")


@pytest.fixture
async def held(settings: Settings) -> None:
    """A night with one result held, and another disputed."""
    async with DeclarationProducer(settings) as producer:
        await producer.publish_all(NIGHT)


def run(process: Process, *arguments: str, status: int = 0) -> str:
    """Returns what `livecount review` prints; it ends with this status."""
    running = process("review", *arguments)
    assert running.process.wait(30) == status, running.written()
    return str(running.written())


@pytest.mark.usefixtures("held")
async def test_what_waits_is_listed_accepted_and_gone_from_the_list(
    process: Process, settings: Settings
) -> None:
    """The id is that which the list prints, and its beginning is enough."""
    listed = run(process, "list")
    assert f"{ballot('north')}  North, Barsetshire: being checked, nothing counts" in listed
    assert f"{content(NORTH)[:8]}  site (second) held: PP52 1 900, PP53 1 500;" in listed
    assert "    stands: PP52 1 900, PP53 1 500" in listed

    written = run(process, "accept", ballot("north"), content(NORTH)[:8], *DESK)

    assert "decided: North, Barsetshire: CON 1, last seat by 400 votes" in written
    (noted,) = await audit(settings, "decided")
    assert (noted.person, noted.about[0].ballot_paper_id) == ("Ann", ballot("north"))
    assert noted.who
    assert noted.about[0].offset is not None
    shown = json.loads(run(process, "list", "--json", "--council", "barsetshire"))
    assert [each["ballot_paper_id"] for each in shown["ballots"]] == [ballot("south")]
    assert json.loads(run(process, "list", "--json", "--council", "barnet")) == {"ballots": []}


@pytest.mark.usefixtures("held")
async def test_a_dispute_is_shown_side_by_side_and_settled_by_the_desks_own_figure(
    process: Process, settings: Settings, tmp_path: Path
) -> None:
    """The decision is in the log, with who made it, why and when."""
    shown = run(process, "show", ballot("south"))
    assert "agency (final)  ann (single)" in shown
    assert "*  PP52 1 (CON)  yes        900" in shown
    own = tmp_path / "own.json"
    own.write_bytes(encode_event(result("south", 700, 700 - 1)))

    written = run(process, "figure", ballot("south"), str(own), *DESK)

    assert "decided: South, Barsetshire: CON 1, last seat by 1 vote" in written
    last = json.loads((await log(settings))[-1].value)
    assert (last["type"], last["ruling"], last["revision"]) == ("desk.decided", "figure", 1)
    assert (last["by"], last["reason"]) == ("Ann", "the sheet says so")
    assert last["decided_at"]


@pytest.mark.usefixtures("held")
async def test_a_result_can_be_cleared_and_a_word_refused(process: Process) -> None:
    """The desk sees afterwards that it has refused it."""
    assert "South, Barsetshire: " in run(process, "clear", ballot("south"), *DESK)
    refused = run(process, "refuse", ballot("north"), content(NORTH)[:4], *DESK)
    assert "decided: North, Barsetshire: " in refused

    assert "the desk has refused it" in run(process, "show", ballot("north"))


@pytest.mark.usefixtures("held")
async def test_what_cannot_be_decided_ends_with_2_and_what_does_not_count_with_3(
    process: Process, tmp_path: Path
) -> None:
    """Nothing of the first is sent; the second is in the log, and does not count."""
    for arguments in (
        ("accept", ballot("north"), "abcdef", *DESK),
        ("clear", ballot("west"), *DESK),
        ("clear", "north", *DESK),
        ("clear", ballot("north"), "--by", "Ann"),
        ("figure", ballot("north"), str(tmp_path / "none.json"), *DESK),
    ):
        run(process, *arguments, status=2)
    wrong = tmp_path / "wrong.json"
    wrong.write_bytes(encode_event(result("north", 9, 5, seats=2)))

    written = run(process, "figure", ballot("north"), str(wrong), *DESK, status=3)
    assert "set aside: contradiction: seats_contested: 2" in written


@pytest.mark.usefixtures("held")
async def test_what_was_listed_is_decided_about_and_nothing_that_came_since(
    process: Process, settings: Settings
) -> None:
    """If somebody has decided, or the source says something else, nothing is sent."""
    shown = re.findall(r"^    (\S+)  site ", run(process, "list"), re.MULTILINE)
    assert shown == [f"0-{content(NORTH)[:8]}"]
    run(process, "clear", ballot("north"), *DESK)
    stood = len(await log(settings))

    late = run(process, "accept", ballot("north"), *shown, *DESK, status=3)
    assert "was shown after the desk's decision 0, and its last one is 1" in late
    (again,) = re.findall(r"^    (\S+)  site ", run(process, "show", ballot("north")), re.MULTILINE)
    assert again == f"1-{content(NORTH)[:8]}"
    async with DeclarationProducer(settings) as producer:
        await producer.publish(by("site", "second", OTHER))
    gone = run(process, "refuse", ballot("north"), again, *DESK, status=3)
    assert "nobody says that any more" in gone
    assert len(await log(settings)) == stood + 1

    other = f"1-{content(OTHER)[:8]}"
    assert "decided: North, Barsetshire: LAB 1" in run(
        process, "accept", ballot("north"), other, *DESK
    )


@pytest.mark.usefixtures("held")
async def test_who_decides_at_the_same_time_is_said_by_whoever_came_second(
    settings: Settings,
) -> None:
    """Both had read the same log; the second decision does not count."""
    accept = decision("north", ruling="accept", content=content(NORTH))
    async with DeclarationProducer(settings) as producer:
        await producer.publish(decision("north", ruling="clear"))

    outcome = await decide(settings, ballot("north"), lambda _council, _ward: accept)

    assert not outcome.counts
    assert "somebody else decided in between" in outcome.words


async def test_a_ballot_polled_on_a_later_day_is_found_in_its_council(settings: Settings) -> None:
    """Its id has another date than its council's."""
    later = "local.barsetshire.again.2026-06-11"
    again = ward("again", 1, {CON: 1}).model_copy(update={"ballot_paper_id": later})
    async with DeclarationProducer(settings) as producer:
        await producer.publish(opened(again))

    council, found = await find_ward(settings, later)

    assert (council.name, found.ballot_paper_id) == ("Barsetshire", later)
    with pytest.raises(UnusableDecisionError, match="nothing is known of"):
        await find_ward(settings, ballot("north"))


async def test_without_topics_the_error_names_the_remedy(settings: Settings) -> None:
    """As for every command that reads the log."""
    elsewhere = settings.model_copy(update={"namespace": f"{settings.namespace}-none"})

    with pytest.raises(KafkaUnavailableError, match="livecount topics create"):
        await find_ward(elsewhere, ballot("north"))
