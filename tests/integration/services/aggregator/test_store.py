from __future__ import annotations

import json
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from election.council import Council
from election.snapshot import dump
from services.aggregator.changes import Entry
from services.aggregator.errors import DataLossError, FencedError
from services.aggregator.store import Store
from services.platform.names import Keys
from services.platform.settings import Settings

ELECTION = "local.2026-05-07"
COUNCIL = "local.barnet.2026-05-07"
OTHER = "local.camden.2026-05-07"
WARD = "local.barnet.childs-hill.2026-05-07"


@pytest.fixture
def keys(settings: Settings) -> Keys:
    """The keys of the test's namespace."""
    return Keys(settings.namespace)


@pytest.fixture
def store(redis: Redis, keys: Keys) -> Store:
    """A store as a worker has one."""
    return Store(redis, keys)


def entry(expected: int | None, offset: int, council: str = COUNCIL, text: str = "") -> Entry:
    """Returns a council's change from one offset to another, with a ward and an alert."""
    return Entry(
        council=council,
        election=ELECTION,
        partition=3,
        expected=expected,
        offset=offset,
        version=offset + 1,
        state=dump(Council(council=council, mode="rehearsal")),
        totals=json.dumps({"at": offset, "text": text}).encode(),
        wards=((WARD, json.dumps({"ward at": offset}).encode()),),
        alerts=((f"{offset}", json.dumps({"alert at": offset}).encode()),),
    )


async def test_a_change_is_written_where_redis_has_what_it_expects(
    store: Store, redis: Redis, keys: Keys
) -> None:
    """Council, ward, alert and feed are written together, and the next change follows."""
    await store.commit([entry(None, 4)])
    await store.commit([entry(4, 9)])

    hash_ = await redis.hgetall(keys.council(COUNCIL))
    assert (hash_[b"offset"], hash_[b"version"], hash_[b"partition"]) == (b"9", b"10", b"3")
    assert json.loads(hash_[b"totals"])["at"] == 9
    assert await redis.hget(keys.wards(COUNCIL), WARD) == b'{"ward at": 9}'
    assert await redis.lrange(keys.alerts(COUNCIL), 0, -1) == [
        b'{"alert at": 4}',
        b'{"alert at": 9}',
    ]
    kinds = [fields[b"type"] for _, fields in await redis.xrange(keys.feed(ELECTION))]
    assert kinds == [b"ward", b"totals", b"alert"] * 2


async def test_a_change_written_twice_is_told_once(store: Store, redis: Redis, keys: Keys) -> None:
    """A repeat of a write whose answer was lost changes nothing and adds nothing to the feed."""
    await store.commit([entry(None, 4)])
    await store.commit([entry(None, 4)])

    assert await redis.xlen(keys.feed(ELECTION)) == 3
    assert await redis.llen(keys.alerts(COUNCIL)) == 1


@pytest.mark.parametrize(("expected", "offset"), [(None, 3), (2, 3), (2, 6)])
async def test_a_worker_that_is_behind_redis_is_fenced(
    expected: int | None, offset: int, store: Store, redis: Redis, keys: Keys
) -> None:
    """Where another worker has written a later offset, nothing is written and this one stops."""
    await store.commit([entry(None, 4)])

    with pytest.raises(FencedError, match=COUNCIL):
        await store.commit([entry(expected, offset)])
    assert await redis.hget(keys.council(COUNCIL), "offset") == b"4"


@pytest.mark.parametrize("stored", [None, 2])
async def test_a_redis_that_is_behind_the_worker_has_lost_data(
    stored: int | None, store: Store
) -> None:
    """Where Redis has an older offset than this worker wrote, or none, it must be rebuilt."""
    if stored is not None:
        await store.commit([entry(None, stored)])

    with pytest.raises(DataLossError, match=COUNCIL):
        await store.commit([entry(4, 9)])


async def test_an_election_is_written_whole_or_not_at_all(
    store: Store, redis: Redis, keys: Keys
) -> None:
    """One council that does not fit keeps the election's others from being written."""
    await store.commit([entry(None, 4, OTHER)])

    with pytest.raises(FencedError):
        await store.commit([entry(None, 5), entry(None, 3, OTHER)])
    assert not await redis.exists(keys.council(COUNCIL))
    assert await redis.xlen(keys.feed(ELECTION)) == 3


async def test_a_ward_that_is_gone_is_removed(store: Store, redis: Redis, keys: Keys) -> None:
    """A ballot that the council has no longer leaves its wards."""
    await store.commit([entry(None, 4)])
    await store.commit([replace(entry(4, 9), wards=((WARD, b""),))])

    assert await redis.hgetall(keys.wards(COUNCIL)) == {}


async def test_a_watermark_moves_from_what_this_worker_wrote(store: Store) -> None:
    """A watermark is set from none, moved on, and may be moved there twice."""
    await store.advance({3: (None, 5)}, {ELECTION})
    await store.advance({3: (5, 9)}, {ELECTION})
    await store.advance({3: (5, 9)}, {ELECTION})

    assert await store.watermarks([3, 4]) == {3: 9, 4: None}


async def test_a_watermark_fences_and_shows_losses(store: Store) -> None:
    """A watermark beyond what this worker wrote fences it; one before it is a loss."""
    await store.advance({3: (None, 7)}, {ELECTION})

    with pytest.raises(FencedError):
        await store.advance({3: (5, 6)}, {ELECTION})
    with pytest.raises(DataLossError):
        await store.advance({3: (8, 9)}, {ELECTION})
    assert await store.watermarks([3]) == {3: 7}


async def test_a_council_is_new_only_where_the_watermark_is_as_left(store: Store) -> None:
    """A council missing from Redis is a loss where its partition's watermark is missing too."""
    await store.advance({3: (None, 5)}, {ELECTION})
    (held,) = (await store.load([COUNCIL], {3: 5})).values()
    assert held == (None, None)

    with pytest.raises(DataLossError):
        await store.load([COUNCIL], {3: 6})
    with pytest.raises(FencedError):
        await store.load([COUNCIL], {3: None})


async def test_a_rebuild_replaces_what_is_older_and_keeps_what_is_newer(
    store: Store, redis: Redis, keys: Keys
) -> None:
    """A rebuilt council replaces an equal or older one whole; a later one stays."""
    await store.commit([entry(None, 4), entry(None, 8, OTHER)])
    await store.rebuild([entry(None, 6), entry(None, 6, OTHER)])

    assert await redis.hget(keys.council(COUNCIL), "offset") == b"6"
    assert await redis.hget(keys.council(OTHER), "offset") == b"8"
    assert await redis.lrange(keys.alerts(COUNCIL), 0, -1) == [b'{"alert at": 6}']


async def test_a_rebuild_that_finds_all_well_tells_nothing(
    store: Store, redis: Redis, keys: Keys
) -> None:
    """Councils that come out as they were add nothing to the feed."""
    await store.commit([entry(None, 4)])
    length = await redis.xlen(keys.feed(ELECTION))
    await store.rebuild([entry(None, 4)])
    assert await redis.xlen(keys.feed(ELECTION)) == length

    await store.rebuild([entry(None, 4, text="otherwise")])
    told = await redis.xrange(keys.feed(ELECTION))
    assert [fields[b"type"] for _, fields in told[length:]] == [b"totals", b"alert"]
