"""An event that the aggregator cannot count, on real Kafka and Redis, through every kind of crash.

What it cannot count is made by a worker with a low limit on what it publishes. A worker without
it, which is what every other process here is, stands for an upgraded version.
"""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from schemas.council import CouncilOpened
from schemas.reject import Reject
from schemas.ward import Candidate, WardDeclared
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.aggregator_night import (
    Declarations,
    Fact,
    alert_ids,
    expected,
    ids,
    night,
    stored,
)
from tests.support.topics import messages

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]

LIMIT_BYTES = 6_000
"""More than twice what any ward or council of these nights takes."""

CRASH_POINTS = ["after_decode", "after_fold", "after_publish", "after_commit", "after_watermark"]


def large(opening: CouncilOpened, ward: int, revision: int = 9) -> WardDeclared:
    """Returns a result of so many candidates that the ward exceeds the limit."""
    return WardDeclared(
        council=opening.council,
        ballot_paper_id=opening.wards[ward].ballot_paper_id,
        mode="rehearsal",
        revision=revision,
        correction="transcription",
        seats_contested=2,
        candidates=tuple(
            Candidate(candidate=f"Candidate {number}", party_id="PP52", votes=5_000 - number)
            for number in range(100)
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


async def check(settings: Settings, facts: list[Fact]) -> None:
    """Asserts that Redis and the ids of published alerts are what the rules give."""
    right = expected(facts)
    assert await stored(settings, right.totals) == right
    assert set(await alert_ids(settings)) == ids(right)


@pytest.fixture
def limited(process: Process) -> Process:
    """Starts a worker with the low limit."""

    def start(**further: str) -> Any:
        return process(
            "aggregator", str(LIMIT_BYTES), module="tests.support.limited_worker", **further
        )

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
    await declarations.count()

    await check(settings, [*first, *second])
    set_aside = await rejects(settings)
    assert [reject.reason for reject in set_aside.values()] == ["broken"] * 3
    assert all(f"at most {LIMIT_BYTES} may" in reject.detail for reject in set_aside.values())
    assert last.end() == 0
    await redis.flushdb()
    rebuilt = process("rebuild")
    assert rebuilt.process.wait(60) == 0, rebuilt.written()
    await check(settings, [*first, *second])
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

    await check(settings, [*first, *second])
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

    await check(settings, [*first, *second, broken])
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


async def _says(port: int, path: str, text: str) -> bool:
    async with httpx.AsyncClient() as client:
        try:
            answer = await client.get(f"http://127.0.0.1:{port}{path}")
        except httpx.TransportError:
            return False
    return answer.is_success and (
        text in answer.text if path == "/metrics" else text == answer.text
    )
