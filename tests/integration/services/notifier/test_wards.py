"""Ward results at channels that ask for them, from the wards topic."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer

from schemas.envelope import COUNCIL_VERSION
from schemas.ward import WardDeclared
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.aggregator_night import Declarations, expected, night
from tests.support.notifier_receivers import Receiver, an_alert, publish

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]

COUNCIL = "local.council-0.2026-05-07"
NIGHT = expected(night(5, councils=1, wards=4))
TOTALS = NIGHT.totals[COUNCIL]
WARDS = [ward for _, ward in sorted(NIGHT.wards[COUNCIL].items())]
BALLOTS = [ward["ballot_paper_id"] for ward in WARDS]


async def publish_totals(producer: AIOKafkaProducer, settings: Settings, **fields: object) -> None:
    """Puts the council's totals, with some fields changed, on their topic."""
    totals = TOTALS | fields
    await producer.send_and_wait(
        Topics(settings.namespace).totals,
        json.dumps(totals).encode(),
        key=totals["council"].encode(),
    )


async def publish_ward(
    producer: AIOKafkaProducer, settings: Settings, ward: dict[str, Any], version: int
) -> None:
    """Puts a ward on its topic, as published with totals of a version."""
    await producer.send_and_wait(
        Topics(settings.namespace).wards,
        json.dumps(ward).encode(),
        key=COUNCIL.encode(),
        headers=[(COUNCIL_VERSION, str(version).encode())],
    )


def channels_file(folder: Path, receiver: Receiver, further: str = "") -> str:
    """Writes a channels file with one rehearsal channel, and returns its name."""
    file = folder / "channels.toml"
    file.write_text(
        f'[[channels]]\nname = "desk"\nwebhook = "{receiver.url}"\nrehearsal = true\n{further}\n'
    )
    return str(file)


def ballots(receiver: Receiver) -> list[str]:
    """Returns the ballots of the ward results that a receiver got, in order of arrival."""
    return [
        json.loads(content)["ballot_paper_id"]
        for headers, content in receiver.requests
        if headers["ce-type"] == "livecount.ward.v1"
    ]


async def test_a_ward_waits_for_its_totals_and_alerts_do_not_wait_for_the_ward(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """Whether a ward passes `within_seats` is decided by the totals that it was published with."""
    far, close = {"version": 1, "seats_to_change": 9}, {"version": 2, "seats_to_change": 1}
    async with Receiver() as receiver:
        further = 'kinds = ["declared", "control"]\nwithin_seats = 1'
        file = channels_file(tmp_path, receiver, further)
        process("notifier", "run", notifier_channels_file=file)
        await publish_totals(kafka_producer, settings, council="local.barnet.2014-05-22")
        await publish_totals(kafka_producer, settings, **far)
        await publish_ward(kafka_producer, settings, WARDS[0], version=2)
        await publish(kafka_producer, settings, [an_alert(1, council="local.barnet.2014-05-22")])
        await eventually(lambda: receiver.alerts)

        assert ballots(receiver) == []
        await publish_totals(kafka_producer, settings, **close)
        await eventually(lambda: ballots(receiver))

    assert ballots(receiver) == BALLOTS[:1]


async def test_a_restart_neither_loses_nor_repeats_a_ward(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """A notifier that is killed goes on with the first ward that is not in the ledger."""
    async with Receiver() as receiver:
        file = channels_file(tmp_path, receiver, 'kinds = ["declared"]')
        first = process(
            "notifier", "run", notifier_channels_file=file, crash_at="notifier.recorded:2"
        )
        await publish_totals(kafka_producer, settings, version=1)
        for ward in WARDS[:3]:
            await publish_ward(kafka_producer, settings, ward, version=1)
        await eventually(lambda: first.process.poll() is not None)
        await publish_ward(kafka_producer, settings, WARDS[3], version=1)
        process("notifier", "run", notifier_channels_file=file)
        await eventually(lambda: len(ballots(receiver)) >= 4)

    assert ballots(receiver) == BALLOTS


async def test_a_ward_published_again_is_sent_once(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """What an aggregator repeats after a crash is sent once, and a correction is sent too."""
    corrected = WARDS[0] | {"revision": WARDS[0]["revision"] + 1, "correction": "transcription"}
    async with Receiver() as receiver:
        file = channels_file(tmp_path, receiver, 'kinds = ["declared"]')
        process("notifier", "run", notifier_channels_file=file)
        await publish_totals(kafka_producer, settings, version=2)
        for ward, version in ((WARDS[0], 1), (WARDS[0], 1), (corrected, 2), (WARDS[1], 2)):
            await publish_ward(kafka_producer, settings, ward, version)
        await eventually(lambda: BALLOTS[1] in ballots(receiver))

    assert ballots(receiver) == [BALLOTS[0], BALLOTS[0], BALLOTS[1]]
    revisions = [json.loads(content)["revision"] for _, content in receiver.requests[:2]]
    assert revisions == [WARDS[0]["revision"], corrected["revision"]]


async def test_a_watched_ward_is_sent_when_it_declares(
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """A subscription to a ward, and `watch` in the terminal, say who won there and how closely."""
    facts = night(3, councils=2, wards=2)
    openings, declared = facts[:2], facts[2:]
    process("aggregator", "run")
    await declarations.send(openings)
    async with Receiver() as receiver:
        further = 'kinds = ["declared"]\ncouncils = ["council-1"]\nwards = ["ward-0"]'
        file = channels_file(tmp_path, receiver, further)
        process("notifier", "run", notifier_channels_file=file)
        watching = await watched(process, eventually)
        await declarations.send(declared)
        ballot = "local.council-1.ward-0.2026-05-07"
        outcome = expected(facts).wards["local.council-1.2026-05-07"][ballot]
        last = max(
            fact.revision
            for fact in declared
            if isinstance(fact, WardDeclared) and fact.ballot_paper_id == ballot
        )

        def revisions() -> list[int]:
            return [json.loads(content)["revision"] for _, content in receiver.requests]

        await eventually(lambda: last in revisions())

    headers, content = receiver.requests[-1]
    assert headers["ce-type"] == "livecount.ward.v1"
    assert json.loads(content) == outcome
    assert len(set(revisions())) == len(revisions())
    await eventually(lambda: "last seat by" in watching.written())


async def watched(process: Process, eventually: Eventually) -> Any:
    """Returns a running `watch`, once the ward is known."""
    watching = process("watch", "council-1", "ward-0")

    def shows() -> bool:
        if watching.process.poll() == 2:
            watching.start()
        return "not declared yet" in watching.written()

    await eventually(shows)
    return watching
