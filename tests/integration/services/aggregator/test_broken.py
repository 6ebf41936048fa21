"""An event that the aggregator cannot count, on real Kafka and Redis, through every kind of crash.

What it cannot count is made by a worker with a low limit on what it publishes. A worker without
it, which is what every other process here is, stands for an upgraded version.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from schemas.council import CouncilOpened
from schemas.reject import Reject
from schemas.ward import Candidate, WardDeclared
from services.aggregator.outputs import Outputs
from services.aggregator.processor import BatchProcessor
from services.aggregator.steps import Steps
from services.aggregator.store import Store
from services.engine.publisher import PendingAcks
from services.engine.reject_limit import REJECTS_MAX
from services.platform.exit_status import ExitStatus
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.topic_log import DeclarationsLog
from tests.support.aggregator_night import (
    Declarations,
    Fact,
    alert_ids,
    assert_counted,
    expected,
    night,
    stored,
)
from tests.support.topics import messages

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]

LIMIT_BYTES = 6_000
"""More than twice what any ward or council of these nights takes."""

LONG_NAME = "\N{GOTHIC LETTER AHSA}" * 280
"""A name of letters that take four bytes each."""

CRASH_POINTS = ["after_decode", "after_fold", "after_publish", "after_commit", "after_watermark"]


def large(opening: CouncilOpened, ward: int, revision: int = 9) -> WardDeclared:
    """Returns a result with names so long that the ward exceeds the limit."""
    nominees = opening.wards[ward].candidates or ()
    return WardDeclared(
        council=opening.council,
        ballot_paper_id=opening.wards[ward].ballot_paper_id,
        mode="rehearsal",
        revision=revision,
        correction="transcription",
        seats_contested=2,
        candidates=tuple(
            Candidate(
                candidate=f"{nominee.candidate} {LONG_NAME}",
                party_id=nominee.party_id,
                votes=5_000 - number,
            )
            for number, nominee in enumerate(nominees)
        ),
    )


def with_trouble(seed: int) -> tuple[list[Fact], list[Fact], list[Fact]]:
    """Returns the first half of a night, its second half, and this with events that break.

    Those stand between sound events of their own councils, one of them twice, so that it is
    met in one batch with others and on its own.
    """
    facts = night(seed)
    openings = [fact for fact in facts if isinstance(fact, CouncilOpened)]
    middle = len(facts) // 2
    second = facts[middle:]
    trouble: list[Fact] = [large(openings[0], 1), large(openings[1], 2), large(openings[0], 1)]
    troubled = list(second)
    for place, event in zip((2, 5, 8), trouble, strict=True):
        troubled.insert(place, event)
    return facts[:middle], second, troubled


async def rejects(settings: Settings) -> dict[tuple[int, int], Reject]:
    """Returns what is set aside, by its place in the log."""
    found = [
        Reject.model_validate_json(record.value)
        for record in await messages(settings, Topics(settings.namespace).rejects)
    ]
    return {(reject.partition, reject.offset): reject for reject in found}


@pytest.fixture
def limited(process: Process) -> Process:
    """Starts a worker with a low limit on what it publishes."""

    def start(limit_bytes: int = LIMIT_BYTES, **further: str) -> Any:
        arguments = ("aggregator", str(limit_bytes))
        return process(*arguments, module="tests.support.limited_worker", **further)

    return start


@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_what_breaks_is_set_aside_alone_also_after_a_kill(  # noqa: PLR0913, PLR0917 - fixtures
    point: str,
    settings: Settings,
    declarations: Declarations,
    limited: Process,
    process: Process,
    redis: Redis,
    eventually: Eventually,
) -> None:
    """Sound events beside it count, nothing of it does, and a rebuild and an audit agree."""
    first, second, troubled = with_trouble(31)
    worker = limited()
    await declarations.count(first)
    worker.kill()
    await declarations.send(troubled)
    doomed = limited(crash_at=point)
    await eventually(lambda: doomed.process.poll() is not None)
    assert doomed.process.returncode == -signal.SIGKILL
    last = limited()
    # After the watermark there is nothing left to count, so it has to be seen to have begun.
    await eventually(lambda: "partitions assigned" in last.written())
    await declarations.count()

    await assert_counted(settings, [*first, *second])
    set_aside = await rejects(settings)
    assert [reject.reason for reject in set_aside.values()] == ["broken"] * 3
    assert all(f"at most {LIMIT_BYTES} may" in reject.detail for reject in set_aside.values())
    assert last.end() == 0
    await redis.flushdb()
    rebuilt = process("rebuild")
    assert rebuilt.process.wait(60) == 0, rebuilt.written()
    await assert_counted(settings, [*first, *second])
    audit = process("verify")
    assert audit.process.wait(60) == 0, audit.written()
    assert "0 differences" in audit.written()


async def test_what_is_on_record_as_broken_stays_out_though_the_next_worker_could_count_it(
    settings: Settings,
    declarations: Declarations,
    limited: Process,
    process: Process,
    eventually: Eventually,
) -> None:
    """A worker that ends between the reject and Redis has decided; an upgrade changes nothing."""
    first, second, _ = with_trouble(32)
    opening = next(fact for fact in first if isinstance(fact, CouncilOpened))
    worker = limited()
    await declarations.count(first)
    # It commits its offsets, so that the next worker begins with what breaks.
    assert worker.end() == 0
    await declarations.send([large(opening, 0)])
    doomed = limited(crash_at="after_publish")
    await eventually(lambda: doomed.process.poll() is not None)
    set_aside = await rejects(settings)
    assert len(set_aside) == 1
    (port,) = free_ports(1, Random(32))
    process("aggregator", "run", metrics_port=str(port))
    await declarations.count(second)

    await assert_counted(settings, [*first, *second])
    assert await rejects(settings) == set_aside
    await eventually(lambda: _says(port, "/health/ready", "ok; broken: 1\n"))
    audit = process("verify")
    assert audit.process.wait(60) == 0, audit.written()


async def test_it_counts_once_it_is_sent_again_after_an_upgrade(
    settings: Settings,
    declarations: Declarations,
    limited: Process,
    process: Process,
    eventually: Eventually,
) -> None:
    """`livecount rejects replay` sends the same bytes, and they count like any declaration."""
    first, second, _ = with_trouble(33)
    broken = large(next(fact for fact in first if isinstance(fact, CouncilOpened)), 0)
    worker = limited()
    await declarations.count([*first, broken, *second])
    assert worker.end() == 0
    ((partition, offset),) = await rejects(settings)
    process("aggregator", "run")
    replayed = process("rejects", "replay", f"{partition}/{offset}")
    assert replayed.process.wait(60) == 0, replayed.written()
    declarations.ends[partition] += 1
    await eventually(declarations.counted)

    await assert_counted(settings, [*first, *second, broken])
    audit = process("verify")
    assert audit.process.wait(60) == 0, audit.written()


async def test_a_worker_that_met_what_breaks_says_so(
    declarations: Declarations,
    limited: Process,
    eventually: Eventually,
) -> None:
    """It is ready, and says how many; a metric counts them with the other outcomes."""
    first, _, troubled = with_trouble(34)
    (port,) = free_ports(1, Random(34))
    limited(metrics_port=str(port))
    await declarations.count(first)
    await eventually(lambda: _says(port, "/health/ready", "ok\n"))
    await declarations.count(troubled)

    await eventually(lambda: _says(port, "/health/ready", "ok; broken: 3\n"))
    broken = 'livecount_aggregator_declarations_total{outcome="broken"} 3.0\n'
    await eventually(lambda: _says(port, "/metrics", broken))
    assert await _says(port, "/health/live", "ok\n")


async def test_a_rebuild_leaves_out_what_it_fails_for_and_a_later_version_has_it_again(  # noqa: PLR0913, PLR0917 - fixtures
    settings: Settings,
    declarations: Declarations,
    limited: Process,
    process: Process,
    redis: Redis,
    eventually: Eventually,
) -> None:
    """What was counted once is not set aside, as no worker has decided so."""
    first, second, _ = with_trouble(35)
    counted = large(next(fact for fact in first if isinstance(fact, CouncilOpened)), 0)
    able = process("aggregator", "run")
    await declarations.count([*first, counted, *second])
    assert able.end() == 0
    await redis.flushdb()
    (port,) = free_ports(1, Random(35))
    unable = limited(metrics_port=str(port))
    await eventually(lambda: _says(port, "/health/ready", "ok; broken: 1\n"))
    assert await _says(port, "/metrics", "livecount_aggregator_rebuilds_broken_total 1.0\n")
    right = expected([*first, *second])
    assert (await stored(settings, right.totals)).totals == right.totals
    assert await rejects(settings) == {}
    assert unable.end() == 0
    rebuilt = process("rebuild")
    assert rebuilt.process.wait(60) == 0, rebuilt.written()

    await assert_counted(settings, [*first, counted, *second])


async def test_a_version_that_fails_for_everything_sets_little_aside(
    settings: Settings, declarations: Declarations, limited: Process, eventually: Eventually
) -> None:
    """It ends, so that a person looks into it, before the night is among the rejects."""
    await declarations.send(night(36, councils=60, wards=10))
    unable = limited(limit_bytes=10)

    assert await eventually(unable.process.poll) == ExitStatus.TOO_MANY_REJECTS
    assert len(await rejects(settings)) <= REJECTS_MAX
    assert await alert_ids(settings) == []


class Dying(Outputs):
    """Outputs that die when alerts of a fold would be sent."""

    async def send(self, *_: Any) -> PendingAcks:
        raise PowerCutError


class PowerCutError(Exception):
    """Stands for a power cut."""


async def test_it_is_on_record_before_anything_that_was_folded_without_it_leaves(
    settings: Settings, declarations: Declarations, redis: Redis
) -> None:
    """A version that could count it might otherwise take the other side after a crash."""
    first, _, _ = with_trouble(37)
    opening = next(fact for fact in first if isinstance(fact, CouncilOpened))
    log = DeclarationsLog(settings, lambda: None)
    await declarations.send([opening, large(opening, 0)])
    outputs, store = Dying(settings), Store(redis, Keys(settings.namespace))
    steps = Steps(output_bytes_max=LIMIT_BYTES)
    processor = BatchProcessor(log, outputs, store, time.monotonic, steps)
    ((partition, end),) = declarations.ends.items()

    with pytest.raises(PowerCutError):
        await processor.count([record async for record in log.read(partition, end)])
    await outputs.stop()

    assert list(await rejects(settings)) == [(partition, end - 1)]


async def _says(port: int, path: str, text: str) -> bool:
    async with httpx.AsyncClient() as client:
        try:
            answer = await client.get(f"http://127.0.0.1:{port}{path}")
        except httpx.TransportError:
            return False
    return answer.is_success and (
        text in answer.text if path == "/metrics" else text == answer.text
    )
