"""`livecount declare` with a real Kafka."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from readers.night import load_night
from schemas.events import decode_event
from schemas.ward import WardDeclared
from services.audit.councils import CouncilsInTheLog
from services.declare.plan import plan
from services.declare.sending import send
from services.intake.producer import DeclarationProducer
from services.platform.errors import KafkaUnavailableError
from services.platform.settings import Settings
from tests.support.intake_log import log, notice
from tests.support.night_writer import Files, candidate

Process = Callable[..., Any]


def lines(*events: object) -> str:
    """Returns events as JSON lines; text is taken as it is."""
    return "\n".join(each if isinstance(each, str) else json.dumps(each) for each in events)


async def test_declared_file_is_in_the_log_in_order(
    process: Process, settings: Settings, tmp_path: Path
) -> None:
    """Every event of a file is acknowledged by Kafka, in the order of its lines.

    The council was not opened, so nothing counts yet, and the status says so.
    """
    file = tmp_path / "events.jsonl"
    file.write_text(lines(*[notice(revision) for revision in range(1, 31)]))
    running = process("declare", str(file))

    assert running.process.wait(30) == 3
    written = running.written()
    assert f"30 declared in {settings.namespace}: 0 new, 0 changed, 0 corrected" in written
    assert "0 unchanged, 30 set aside" in written
    assert "has not been opened; kept, and counted once it is" in written
    revisions = [json.loads(record.value)["revision"] for record in await log(settings)]
    assert revisions == list(range(1, 31))


async def test_faulty_file_produces_nothing(
    process: Process, settings: Settings, tmp_path: Path
) -> None:
    """Each fault is printed with file and line; the status is 2, and the log stays empty."""
    file = tmp_path / "events.jsonl"
    file.write_text(lines(notice(), notice(0), "", "{", notice(mode="live")))
    running = process("declare", str(file))

    assert running.process.wait(30) == 2
    written = running.written()
    assert f"{file}:2: revision: 0: Input should be greater than or equal to 1" in written
    assert f"{file}:4: event: '{{': Invalid JSON" in written
    assert f"{file}:5: mode: 'live' in namespace" in written
    assert await log(settings) == []


async def test_a_ward_with_a_fault_is_left_out_where_asked_for(
    process: Process, settings: Settings, tmp_path: Path
) -> None:
    """The others are sent under the register's ids, what is left out is named, the status is 3."""
    files = Files(tmp_path)
    files.results = [
        candidate("Hale", "Ann", "", 10, party="Local Conservatives"),
        candidate("Mill", "Bob", "PP53", "many"),
    ]
    paths = [part for name, path in files.paths().items() for part in (f"--{name}", str(path))]
    running = process("declare", *paths, "--leave-out-faulty-wards")

    assert running.process.wait(30) == 3
    assert "left out: Mill" in running.written()
    opened, declared = (decode_event(record.value) for record in await log(settings))
    assert opened.type == "council.opened"
    assert declared.type == "ward.declared"
    assert [each.party_id for each in declared.candidates] == ["PP52"]


@pytest.mark.parametrize("content", [None, ""])
async def test_file_without_events_is_refused(
    process: Process, tmp_path: Path, content: str | None
) -> None:
    """A file that is missing or empty is refused by name."""
    file = tmp_path / "events.jsonl"
    if content is not None:
        file.write_text(content)
    running = process("declare", str(file))

    assert running.process.wait(30) == 2
    assert f"{file}:1: " in running.written()


async def test_producer_publishes_a_whole_night_in_order(settings: Settings) -> None:
    """All of a night of nights/ is acknowledged, and each council keeps its order."""
    night = load_night("barnet-2014")
    events = [*night.openings, *night.declarations]
    async with DeclarationProducer(settings) as producer:
        acknowledged = await producer.publish_all(events)

    assert events == [decode_event(record.value) for record in await log(settings)]
    assert [at.offset for at in acknowledged] == list(range(len(events)))


HEADER = (
    "election_date,council,council_gss,ward,ward_gss,seats_contested,candidate,party,party_id,"
    "votes,elected,electorate,turnout_pct,source\n"
)


def night(
    folder: Path,
    votes: dict[str, tuple[int | str, int | str]],
    before: str,
    poll: str = "2026-05-07",
) -> list[str]:
    """Writes the three files of a night of one council, and returns them as arguments."""
    (folder / "councils.csv").write_text(
        "election_date,council,council_gss,cycle,seats_total,control_before,independents_as_party\n"
        f"{poll},Redeclare,E99000201,all-out,3,{before},0\n"
    )
    (folder / "standing.csv").write_text(
        "council_gss,party_id,party,seats_eve_of_poll,seats_last_election,seats_not_up\n"
        "E99000201,PP52,Conservative and Unionist Party,3,3,0\n"
    )
    rows = [
        f"{poll},Redeclare,E99000201,{ward},,1,{name},{party},{found},,2400,,council page\n"
        for ward, both in votes.items()
        for name, party, found in (
            (f"Ann {ward}", "Conservative and Unionist Party,PP52", both[0]),
            (f"Bob {ward}", "Labour Party,PP53", both[1]),
        )
    ]
    (folder / "results.csv").write_text(HEADER + "".join(rows))
    return [
        argument
        for name in ("councils", "standing", "results")
        for argument in (f"--{name}", str(folder / f"{name}.csv"))
    ]


async def test_files_of_a_poll_that_is_far_off_are_refused(
    process: Process, settings: Settings, tmp_path: Path
) -> None:
    """A mistyped year stops the files of a night before anything is sent."""
    files = night(tmp_path, {"North": (520, 480)}, "PP52", poll="2126-05-07")
    running = process("declare", *files)

    assert running.process.wait(30) == 2
    assert "local.redeclare.2126-05-07 is more than 366 days from" in running.written()
    assert await log(settings) == []


def with_votes(event: WardDeclared, *votes: int, revision: int = 1) -> WardDeclared:
    """Returns a result with other votes, without marks."""
    candidates = tuple(
        replace(each, votes=number, elected=None)
        for each, number in zip(event.candidates, votes, strict=True)
    )
    return event.model_copy(update={"candidates": candidates, "revision": revision})


async def test_files_of_a_night_can_be_declared_again_whenever_they_change(
    process: Process, settings: Settings, tmp_path: Path
) -> None:
    """A second time only what changed is sent, as the next revision, and is said in words."""
    files = night(tmp_path, {"North": (520, 480), "South": (520, 480), "East": ("", "")}, "PP52")
    first = process("declare", *files)
    assert first.process.wait(30) == 0
    assert "3 declared in" in first.written()

    files = night(tmp_path, {"North": (520, 480), "South": (480, 520), "East": (100, 300)}, "NOC")
    second = process("declare", *files)

    assert second.process.wait(30) == 0
    written = second.written()
    assert "Redeclare: opened again, revision 2: control_before PP52 → NOC" in written
    assert "corrected: South, Redeclare: LAB 1" in written
    assert "revision 2, before: CON 1" in written
    assert "3 declared in" in written
    assert "1 new, 1 changed, 1 corrected, 1 unchanged, 0 set aside" in written
    records = [json.loads(record.value) for record in await log(settings)]
    assert [(each["type"], each["revision"]) for each in records] == [
        ("council.opened", 1),
        ("ward.declared", 1),
        ("ward.declared", 1),
        ("council.opened", 2),
        ("ward.declared", 2),
        ("ward.declared", 1),
    ]


async def test_what_is_set_aside_is_named_and_the_status_is_3(
    process: Process, settings: Settings, tmp_path: Path
) -> None:
    """A file whose result contradicts its nominations is sent, named, and ends with status 3."""
    files = night(tmp_path, {"North": ("", ""), "South": (520, 480), "East": ("", "")}, "PP52")
    assert process("declare", *files).process.wait(30) == 0
    event = {
        "type": "ward.declared",
        "council": "local.redeclare.2026-05-07",
        "ballot_paper_id": "local.redeclare.north.2026-05-07",
        "mode": "rehearsal",
        "seats_contested": 1,
        "candidates": [{"candidate": "Donald Duck", "party_id": "PP66", "elected": True}],
    }
    file = tmp_path / "events.jsonl"
    file.write_text(lines(event))
    for _ in range(2):
        running = process("declare", str(file))
        assert running.process.wait(30) == 3
        written = running.written()
        assert "set aside: North, Redeclare: contradiction: candidates: Donald Duck" in written
        assert len(await log(settings)) == 3


async def test_who_declares_at_the_same_time_is_said_by_whoever_came_second(
    process: Process, settings: Settings, tmp_path: Path
) -> None:
    """What was planned before somebody else declared the ward is set aside, and named."""
    files = night(tmp_path, {"North": (520, 480), "South": (520, 480)}, "PP52")
    assert process("declare", *files).process.wait(30) == 0
    known = [decode_event(record.value) for record in await log(settings)]
    north, south = (each for each in known if isinstance(each, WardDeclared))
    ours = [with_votes(north, 400, 600), with_votes(south, 520, 470)]
    async with CouncilsInTheLog(settings, {north.council}) as councils:
        await councils.read_to_end()
        planned = plan(ours, councils.councils, number=True)
        async with DeclarationProducer(settings) as producer:
            await producer.publish(with_votes(north, 300, 700, revision=2))
            await producer.publish(with_votes(south, 300, 700, revision=3))
        found = await send(settings, councils, planned)

    assert [each.outcome for each in planned] == ["corrected", "corrected"]
    assert [each.outcome for each in found] == ["set aside", "set aside"]
    assert found[0].words.startswith(
        "North, Redeclare: conflict: revision: 2 is known with other content"
    )
    assert found[1].words == (
        "South, Redeclare: revision: 2, but revision 3 came first; somebody else declared at the"
        " same time; declare the same again"
    )


async def test_the_same_from_somebody_else_at_the_same_time_is_no_fault(
    process: Process, settings: Settings, tmp_path: Path
) -> None:
    """If both say the same, nothing is set aside."""
    files = night(tmp_path, {"North": (520, 480)}, "PP52")
    assert process("declare", *files).process.wait(30) == 0
    (north,) = (
        each
        for each in map(decode_event, [record.value for record in await log(settings)])
        if isinstance(each, WardDeclared)
    )
    async with CouncilsInTheLog(settings, {north.council}) as councils:
        await councils.read_to_end()
        planned = plan([with_votes(north, 400, 600)], councils.councils, number=True)
        async with DeclarationProducer(settings) as producer:
            await producer.publish(with_votes(north, 400, 600, revision=2))
        (found,) = await send(settings, councils, planned)

    assert (found.outcome, found.words) == ("unchanged", "")


async def test_what_somebody_else_parked_at_the_same_time_does_not_count_either(
    process: Process, settings: Settings, tmp_path: Path
) -> None:
    """A result of a ballot that is not listed is set aside, though it is in the log already."""
    files = night(tmp_path, {"North": (520, 480)}, "PP52")
    assert process("declare", *files).process.wait(30) == 0
    known = [decode_event(record.value) for record in await log(settings)]
    (north,) = (each for each in known if isinstance(each, WardDeclared))
    west = north.model_copy(update={"ballot_paper_id": "local.redeclare.west.2026-05-07"})
    async with CouncilsInTheLog(settings, {north.council}) as councils:
        await councils.read_to_end()
        planned = plan([west], councils.councils, number=True)
        async with DeclarationProducer(settings) as producer:
            await producer.publish(west)
        (found,) = await send(settings, councils, planned)

    assert found.outcome == "set aside"
    assert found.words.startswith("West, Redeclare: parked: ballot_paper_id: ")


async def test_missing_topic_is_named(settings: Settings) -> None:
    """If a topic was never created, the error says which one and how to create it."""
    elsewhere = settings.model_copy(update={"namespace": f"{settings.namespace}-none"})

    with pytest.raises(KafkaUnavailableError, match="run `livecount topics create`"):
        await DeclarationProducer(elsewhere).start()
