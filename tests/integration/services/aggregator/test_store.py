from __future__ import annotations

import json
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from election.council import Council
from election.snapshot import dump
from services.aggregator.changes import EncodedAlert, EncodedChange
from services.aggregator.store import Store
from services.engine.errors import DataLossError, FencedError
from services.platform.names import Keys
from services.platform.origin import Origin, of_entry
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
    """A store on the test's Redis."""
    return Store(redis, keys)


def change(
    expected: int | None, offset: int, council: str = COUNCIL, text: str = ""
) -> EncodedChange:
    """Returns a council's change from one offset to another, with a ward and an alert."""
    return EncodedChange(
        council=council,
        election=ELECTION,
        partition=3,
        expected=expected,
        offset=offset,
        version=offset + 1,
        state=dump(Council(council=council, mode="rehearsal")),
        totals=json.dumps({"at": offset, "text": text}).encode(),
        wards=((WARD, json.dumps({"ward at": offset}).encode()),),
        alerts=(EncodedAlert(f"{offset}", json.dumps({"alert at": offset}).encode()),),
    )


async def test_a_change_is_written_if_redis_has_the_expected_offset(
    store: Store, redis: Redis, keys: Keys
) -> None:
    """Council, ward, alert and feed are written together, and so is the next change."""
    await store.commit([change(None, 4)])
    await store.commit([change(4, 9)])

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


async def test_a_ward_that_is_gone_is_deleted_and_the_feed_says_so(
    store: Store, redis: Redis, keys: Keys
) -> None:
    """Whoever follows the feed deletes it too. A ward that was never stored is not mentioned."""
    await store.commit([change(None, 4)])
    never = WARD.replace("childs-hill", "nowhere")
    await store.commit([replace(change(4, 9), wards=((never, b""), (WARD, b"")), alerts=())])

    assert await redis.hgetall(keys.wards(COUNCIL)) == {}
    _, _, _, (_, gone), (_, totals) = await redis.xrange(keys.feed(ELECTION))
    assert (gone[b"type"], gone[b"council"]) == (b"ward_gone", COUNCIL.encode())
    assert json.loads(gone[b"data"]) == {"council": COUNCIL, "ballot_paper_id": WARD}
    assert totals[b"type"] == b"totals"


async def test_the_feed_says_which_declaration_an_entry_follows_from(
    store: Store, redis: Redis, keys: Keys
) -> None:
    """In fields of their own, beside the content; without traces there is only the time."""
    made = change(None, 4)
    traced = Origin(1_400_000_000_123, f"00-{'a' * 32}-{'b' * 16}-01")
    alert = made.alerts[0]._replace(origin=Origin(1_400_000_000_100))
    await store.commit([replace(made, origin=traced, alerts=(alert,))])

    entries = [fields for _, fields in await redis.xrange(keys.feed(ELECTION))]
    found = {fields[b"type"]: of_entry(fields) for fields in entries}
    assert found == {b"ward": traced, b"totals": traced, b"alert": alert.origin}
    assert {len(fields) for fields in entries} == {4, 5}
    assert await redis.lrange(keys.alerts(COUNCIL), 0, -1) == [alert.json]


async def test_a_rebuild_says_nothing_of_when(store: Store, redis: Redis, keys: Keys) -> None:
    """It is no news, so nobody measures how late it is."""
    await store.rebuild([change(None, 4)])

    (totals, alert) = [fields for _, fields in await redis.xrange(keys.feed(ELECTION))]
    assert of_entry(totals) is of_entry(alert) is None


async def test_a_change_that_is_written_twice_takes_effect_once(
    store: Store, redis: Redis, keys: Keys
) -> None:
    """Repeating a write whose answer was lost changes nothing and adds nothing to the feed."""
    await store.commit([change(None, 4)])
    await store.commit([change(None, 4)])

    assert await redis.xlen(keys.feed(ELECTION)) == 3
    assert await redis.llen(keys.alerts(COUNCIL)) == 1


@pytest.mark.parametrize(("expected", "offset"), [(None, 3), (2, 3), (2, 6)])
async def test_a_worker_that_is_behind_redis_is_fenced(
    expected: int | None, offset: int, store: Store, redis: Redis, keys: Keys
) -> None:
    """If another worker has written a later offset, nothing is written and this worker stops."""
    await store.commit([change(None, 4)])

    with pytest.raises(FencedError, match=COUNCIL):
        await store.commit([change(expected, offset)])
    assert await redis.hget(keys.council(COUNCIL), "offset") == b"4"


@pytest.mark.parametrize("stored", [None, 2])
async def test_a_redis_that_is_behind_the_worker_has_lost_data(
    stored: int | None, store: Store
) -> None:
    """If Redis has an older offset than this worker wrote, or none, it must be rebuilt."""
    if stored is not None:
        await store.commit([change(None, stored)])

    with pytest.raises(DataLossError, match=COUNCIL):
        await store.commit([change(4, 9)])


async def test_an_election_is_written_all_or_nothing(
    store: Store, redis: Redis, keys: Keys
) -> None:
    """If one council is not as expected, none of its election is written."""
    await store.commit([change(None, 4, OTHER)])

    with pytest.raises(FencedError):
        await store.commit([change(None, 5), change(None, 3, OTHER)])
    assert not await redis.exists(keys.council(COUNCIL))
    assert await redis.xlen(keys.feed(ELECTION)) == 3


async def test_a_ward_that_a_council_no_longer_has_is_removed(
    store: Store, redis: Redis, keys: Keys
) -> None:
    """A ward without JSON is deleted from the council's wards."""
    await store.commit([change(None, 4)])
    await store.commit([replace(change(4, 9), wards=((WARD, b""),))])

    assert await redis.hgetall(keys.wards(COUNCIL)) == {}


async def test_a_watermark_moves_from_the_offset_this_worker_wrote(store: Store) -> None:
    """A watermark is created, moved, and moved a second time to the same offset."""
    await store.advance({3: (None, 5)}, {ELECTION})
    await store.advance({3: (5, 9)}, {ELECTION})
    await store.advance({3: (5, 9)}, {ELECTION})

    assert await store.watermarks([3, 4]) == {3: 9, 4: None}


async def test_a_watermark_shows_another_worker_or_a_loss(store: Store) -> None:
    """A watermark after what this worker wrote fences the worker; one before it is a loss."""
    await store.advance({3: (None, 7)}, {ELECTION})

    with pytest.raises(FencedError):
        await store.advance({3: (5, 6)}, {ELECTION})
    with pytest.raises(DataLossError):
        await store.advance({3: (8, 9)}, {ELECTION})
    assert await store.watermarks([3]) == {3: 7}


async def test_a_missing_council_is_new_only_if_the_watermark_is_as_expected(store: Store) -> None:
    """If the watermark of its partition is not as expected, Redis has lost data or is ahead."""
    await store.advance({3: (None, 5)}, {ELECTION})
    (loaded,) = (await store.load([COUNCIL], {3: 5})).values()
    assert (loaded.council, loaded.offset) == (None, None)

    with pytest.raises(DataLossError):
        await store.load([COUNCIL], {3: 6})
    with pytest.raises(FencedError):
        await store.load([COUNCIL], {3: None})


async def test_a_rebuild_replaces_what_is_older_and_keeps_what_is_newer(
    store: Store, redis: Redis, keys: Keys
) -> None:
    """A rebuilt council replaces an equal or older one completely; a later one stays."""
    await store.commit([change(None, 4), change(None, 8, OTHER)])
    await store.rebuild([change(None, 6), change(None, 6, OTHER)])

    assert await redis.hget(keys.council(COUNCIL), "offset") == b"6"
    assert await redis.hget(keys.council(OTHER), "offset") == b"8"
    assert await redis.lrange(keys.alerts(COUNCIL), 0, -1) == [b'{"alert at": 6}']


async def test_a_rebuild_that_changes_no_totals_publishes_nothing(
    store: Store, redis: Redis, keys: Keys
) -> None:
    """Councils with the same totals as before add nothing to the feed; others do."""
    await store.commit([change(None, 4)])
    length = await redis.xlen(keys.feed(ELECTION))
    await store.rebuild([change(None, 4)])
    assert await redis.xlen(keys.feed(ELECTION)) == length

    await store.rebuild([change(None, 4, text="otherwise")])
    published = await redis.xrange(keys.feed(ELECTION))
    assert [fields[b"type"] for _, fields in published[length:]] == [b"totals", b"alert"]
