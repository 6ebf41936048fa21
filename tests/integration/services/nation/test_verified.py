"""National totals beside what they add up: `livecount verify`, and a night that is restored."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from services.nation.plan_file import read_plan
from services.platform.names import Keys
from services.platform.namespace import remove
from services.platform.settings import Settings
from services.platform.topics import create_topics
from tests.support.aggregator_night import ELECTION, Declarations, night
from tests.support.nation_night import (
    assert_nation,
    is_counted,
    nation_file,
    national,
    night_alerts,
)

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]


@pytest.fixture
async def file(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> Path:
    """The file of the nation of a night that is counted; its workers have ended."""
    facts = night(seed=51)
    made = nation_file(tmp_path, facts, councils=6)
    workers = [process("aggregator", "run"), process("nation", "run", nation_file=str(made))]
    await declarations.count(facts)
    await eventually(partial(is_counted, settings, read_plan(made)))
    for each in workers:
        assert await asyncio.to_thread(each.end) == 0
    return made


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Settings]:
    """Settings of another namespace, which has topics with nothing in them."""
    made = settings.model_copy(update={"namespace": f"test-{secrets.token_hex(6)}"})
    await create_topics(made)
    yield made
    await remove(made)


async def ran(process: Process, *words: str, **further: str) -> tuple[int, str]:
    """Returns the status of a command and what it wrote."""
    ended = process(*words, **further)
    return await asyncio.to_thread(ended.process.wait, 90), ended.written()


@pytest.mark.usefixtures("file")
async def test_a_counted_night_has_no_difference(process: Process) -> None:
    """National totals are the sum of the councils', and each milestone was told."""
    status, written = await ran(process, "verify")

    assert (status, "0 differences" in written, "1 nights" in written) == (0, True, True)


@pytest.mark.usefixtures("file")
async def test_national_totals_that_are_not_the_sum_are_a_difference(
    settings: Settings, process: Process, redis: Redis
) -> None:
    """Also those of a part, and a council that was added up otherwise than it is."""
    keys = Keys(settings.namespace)
    council = min(await redis.smembers(keys.councils(ELECTION))).decode()
    stored = await redis.hgetall(keys.national(ELECTION))
    totals = {name.decode(): json.loads(each) for name, each in stored.items()}
    totals["night"]["parties"][0]["seats_won"] += 1
    totals["cycle:all-out"]["councils"]["decided"] -= 1
    for name, changed in totals.items():
        await redis.hset(keys.national(ELECTION), name, json.dumps(changed))
    await redis.hset(keys.national(ELECTION), "region:Nowhere", "{}")
    own = json.loads(await redis.hget(keys.council(council), "totals") or b"")
    own["wards_declared"] -= 1
    await redis.hset(keys.council(council), "totals", json.dumps(own))
    status, written = await ran(process, "verify")

    assert status == 1
    assert f"national: {ELECTION} night: parties: " in written
    assert f"national: {ELECTION} cycle:all-out: councils: " in written
    assert f"national: {ELECTION} region:Nowhere: in Redis, but no council is in it" in written
    assert f"national: {council}: added up otherwise than its totals say" in written


async def test_a_night_that_was_lost_is_a_difference(
    settings: Settings, file: Path, process: Process, redis: Redis
) -> None:
    """Once everything is counted, no council may be missing; a rebuild mends it."""
    keys = Keys(settings.namespace)
    await redis.delete(keys.night(ELECTION), keys.national(ELECTION))
    status, written = await ran(process, "verify")
    assert (status, f"national: {ELECTION}: missing" in written) == (1, True)

    await ran(process, "rebuild", nation_file=str(file))
    assert (await ran(process, "verify"))[0] == 0
    await assert_nation(settings, file)


async def test_a_restored_night_is_added_up_in_the_same_order(  # noqa: PLR0913, PLR0917 - fixtures
    settings: Settings,
    other: Settings,
    file: Path,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """So the same marks are told under the same ids, in the same order."""
    kept = str(tmp_path / "kept")
    assert (await ran(process, "archive", "--out", kept))[0] == 0
    restored = await ran(process, "restore", kept, namespace=other.namespace)
    assert restored[0] == 0, restored[1]
    process("aggregator", "run", namespace=other.namespace)
    process("nation", "run", namespace=other.namespace, nation_file=str(file))
    await eventually(partial(is_counted, other, read_plan(file)))

    before, after = await night_alerts(settings), await night_alerts(other)
    assert list(dict.fromkeys(alert.id for alert in after)) == [alert.id for alert in before]
    assert await national(other) == await national(settings)
    await assert_nation(other, file)
    assert (await ran(process, "verify", namespace=other.namespace))[0] == 0
