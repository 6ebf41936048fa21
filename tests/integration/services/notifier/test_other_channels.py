"""A notifier that starts again, under the same worker id, with other channels."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from schemas.events import encode_event
from schemas.reject import Reject
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.notifier_receivers import an_alert, publish, rehearsal_channels
from tests.support.polls import ballot
from tests.support.sources import by, result

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]


def console(*kinds: str) -> str:
    """Returns the fields of a console that is sent these kinds."""
    listed = ", ".join(f'"{kind}"' for kind in kinds)
    return f'name = "desk"\nurl = "console://"\nkinds = [{listed}]\n'


async def reject(producer: AIOKafkaProducer, settings: Settings, offset: int) -> str:
    """Puts a reject on its topic, and returns where the rejected message is."""
    names = Topics(settings.namespace)
    made = Reject(
        topic=names.declarations, partition=3, offset=offset, reason="payload", detail="votes: 12"
    )
    await producer.send_and_wait(names.rejects, made.model_dump_json().encode())
    return f"{names.declarations}/3/{offset}"


@pytest.mark.parametrize(
    ("before", "after"),
    [(("control", "rejected"), ("control",)), (("control",), ("control", "rejected"))],
    ids=["taken out", "added"],
)
async def test_a_channel_for_rejects_can_come_and_go(  # noqa: PLR0913, PLR0917 -- fixtures
    before: tuple[str, ...],
    after: tuple[str, ...],
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """At its next start a notifier works at once, and is sent rejects if a channel asks for them.

    Kafka gives a static member its last partitions, whatever it subscribes to.
    """
    file = rehearsal_channels(tmp_path, console(*before))
    first = process("notifier", "run", notifier_channels_file=file)
    await publish(kafka_producer, settings, [an_alert(1)])
    await eventually(lambda: an_alert(1).text in first.written())
    assert await asyncio.to_thread(first.end) == 0

    file = rehearsal_channels(tmp_path, console(*after))
    second = process("notifier", "run", notifier_channels_file=file)
    place = await reject(kafka_producer, settings, 17)
    await publish(kafka_producer, settings, [an_alert(2)])
    expected = [an_alert(2).text, *([place] if "rejected" in after else [])]

    def has_told() -> bool:
        assert second.process.poll() is None, second.written()
        return all(text in second.written() for text in expected)

    await eventually(has_told)
    assert ("rejected" in after) == (place in second.written())


async def test_a_channel_for_what_is_held_is_told_that_and_no_other_input(
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """With the ward, the reason and the command that shows it, and no figure."""
    place = await reject(kafka_producer, settings, 17)
    names = Topics(settings.namespace)
    held = Reject.model_construct(
        topic=names.declarations,
        partition=3,
        offset=18,
        reason="held",
        detail="it waits for a second source, or the desk",
        value=encode_event(by("site", "second", result("north", 777, 5))),
    )
    await kafka_producer.send_and_wait(names.rejects, held.model_dump_json().encode())
    file = rehearsal_channels(tmp_path, console("held"))
    running = process("notifier", "run", notifier_channels_file=file)

    def has_told() -> bool:
        assert running.process.poll() is None, running.written()
        return f"livecount review show {ballot('north')}" in running.written()

    await eventually(has_told)
    written = running.written()
    assert "Held, does not count: North, Barsetshire: it waits for a second source" in written
    assert place not in written
    assert "777" not in written
