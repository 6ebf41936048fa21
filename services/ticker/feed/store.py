"""Reads what the aggregator has stored in Redis. Nothing here writes.

redis-py cannot tell the types of its answers: bytes or text, sets or lists. They follow from
the client that `services.platform.redis` makes, so answers are taken as Any here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final, get_args

import orjson
from redis.asyncio import Redis

from schemas.national import PartKind
from schemas.totals import CouncilTotals
from services.platform.names import Keys
from services.ticker.broken import What, report
from services.ticker.feed.election_state import (
    NIGHT,
    UNKNOWN_VERSION,
    CouncilState,
    ElectionState,
)
from services.ticker.feed.entry import BEGINNING, Entry
from services.ticker.feed.nation_state import NationState
from services.ticker.feed.parsing import (
    StoredKind,
    ballot_of,
    fault,
    fault_of_national,
    parse_national,
    parse_totals,
)

READ_BLOCK_MS: Final = 1_000
"""How long one read waits for new entries: below the client's socket timeout of two seconds."""

READ_ENTRIES: Final = 500
"""Entries taken in one read: a declaration makes two or three, a rebuild some hundreds."""

PAGE_COUNCILS: Final = 25
"""Councils read at once: some 2 MB with their wards."""

PAGE_ENTRIES: Final = 1_000
"""Entries in one page while a feed is read; some 5 MB, so that Redis is not held up."""


_NATIONAL_FIELDS: Final = (
    "night",
    *(f"{kind}:" for kind in get_args(PartKind) if kind != "night"),
)
"""How the fields begin that hold totals of a night. Whoever counts them keeps others beside."""


class ReadOnlyStore:
    """The councils and feeds of one namespace.

    Every method raises redis.RedisError if Redis cannot be reached; none tries again.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def elections(self) -> list[str]:
        """Returns the ids of all elections, latest first."""
        members: Any = await self._redis.smembers(self._keys.elections())
        return sorted((member.decode() for member in members), reverse=True)

    async def election(self, election: str) -> ElectionState:
        """Returns an election's state at exactly one feed id.

        Councils are read a page at a time, so that Redis is not held up. Changes made meanwhile
        are in the feed and are applied afterwards; entries are whole states, so it does not
        matter if the councils read include some of them already.
        """
        state = ElectionState(election, at=await self.last_id(election))
        members: Any = await self._redis.smembers(self._keys.councils(election))
        councils = sorted(member.decode() for member in members)
        for start in range(0, len(councils), PAGE_COUNCILS):
            await self._read_councils(state, councils[start : start + PAGE_COUNCILS])
        nation: NationState | None = None
        while nation is None:
            entries, nation = await self.nation(election, state.at)
            for entry in entries:
                state.apply(entry)
        state.nation = nation
        return state

    async def _read_councils(self, state: ElectionState, councils: list[str]) -> None:
        pipeline = self._redis.pipeline(transaction=True)
        for council in councils:
            pipeline.hmget(self._keys.council(council), "totals", "version")
            pipeline.hgetall(self._keys.wards(council))
            pipeline.lrange(self._keys.alerts(council), 0, -1)
        found = await pipeline.execute()
        for council, (totals, version), wards, alerts in zip(
            councils, found[::3], found[1::3], found[2::3], strict=True
        ):
            state.councils[council] = _council_state(council, totals or b"", wards, alerts)
            if totals and not state.councils[council].totals_json:
                state.unreadable[council] = int(version or UNKNOWN_VERSION)

    async def nation(self, election: str, after: str) -> tuple[list[Entry], NationState | None]:
        """Returns the entries after an id, and what councils come to together after those.

        Both are read atomically. With PAGE_ENTRIES entries there may be more, and then the totals
        are later than they are: None is returned, and the rest has to be read first.
        """
        transaction = self._redis.pipeline(transaction=True)
        transaction.xrange(self._keys.feed(election), min=f"({after}", count=PAGE_ENTRIES)
        transaction.hgetall(self._keys.national(election))
        page, stored = await transaction.execute()
        entries = [Entry.read(feed_id, fields) for feed_id, fields in page]
        return entries, _nation(election, stored) if len(entries) < PAGE_ENTRIES else None

    async def certificate(self, council: str, alert: str) -> bytes | None:
        """Returns the certificate of an alert of a council as JSON; None if it is not kept."""
        stored: Any = await self._redis.lrange(self._keys.certificates(council), 0, -1)
        found = (each for each in stored if orjson.loads(each)["alert"] == alert)
        return next(found, None)

    async def last_id(self, election: str) -> str:
        """Returns the id of the feed's newest entry; BEGINNING if it has none."""
        last: Any = await self._redis.xrevrange(self._keys.feed(election), count=1)
        return last[0][0].decode() if last else BEGINNING

    async def last_ids(self, elections: list[str]) -> dict[str, str]:
        """Returns the id of the newest entry of each election's feed, as `last_id` does."""
        pipeline = self._redis.pipeline(transaction=False)
        for election in elections:
            pipeline.xrevrange(self._keys.feed(election), count=1)
        found = await pipeline.execute()
        return {
            election: last[0][0].decode() if last else BEGINNING
            for election, last in zip(elections, found, strict=True)
        }

    async def totals(self, election: str) -> tuple[int, list[CouncilTotals]]:
        """Returns how many councils an election has, and the totals of those that can be read."""
        members: Any = await self._redis.smembers(self._keys.councils(election))
        councils = sorted(member.decode() for member in members)
        readable: list[CouncilTotals] = []
        for start in range(0, len(councils), PAGE_COUNCILS):
            pipeline = self._redis.pipeline(transaction=False)
            for council in councils[start : start + PAGE_COUNCILS]:
                pipeline.hget(self._keys.council(council), "totals")
            stored = zip(councils[start:], await pipeline.execute(), strict=False)
            readable += [
                parse_totals(data)
                for council, data in stored
                if data and _is_readable("totals", data, council)
            ]
        return len(councils), readable

    async def entries(self, election: str, until: str) -> AsyncIterator[list[Entry]]:
        """Yields the whole feed up to an id, oldest first, PAGE_ENTRIES at once."""
        feed = self._keys.feed(election)
        lower = "-"
        while True:
            page: Any = await self._redis.xrange(feed, min=lower, max=until, count=PAGE_ENTRIES)
            if page:
                yield [Entry.read(feed_id, fields) for feed_id, fields in page]
            if len(page) < PAGE_ENTRIES:
                return
            lower = f"({page[-1][0].decode()}"

    async def new_entries(self, election: str, after: str) -> list[Entry]:
        """Returns the entries after an id, oldest first.

        Waits up to READ_BLOCK_MS for the first one. Returns READ_ENTRIES of them at most.
        """
        feed = self._keys.feed(election)
        answer: Any = await self._redis.xread(
            {feed: after}, count=READ_ENTRIES, block=READ_BLOCK_MS
        )
        return [Entry.read(feed_id, fields) for _, entries in answer for feed_id, fields in entries]

    async def versions(self, election: str) -> tuple[str, dict[str, int]]:
        """Returns the feed's last id, and the versions of open councils and of the night.

        They are read atomically.
        """
        members: Any = await self._redis.smembers(self._keys.councils(election))
        councils = sorted(members)
        transaction = self._redis.pipeline(transaction=True)
        transaction.xrevrange(self._keys.feed(election), count=1)
        for council in councils:
            transaction.hget(self._keys.council(council.decode()), "version")
            transaction.hexists(self._keys.council(council.decode()), "totals")
        transaction.hget(self._keys.national(election), "night")
        last, *rest, night = await transaction.execute()
        versions = {
            council.decode(): int(version)
            for council, version, is_open in zip(councils, rest[::2], rest[1::2], strict=True)
            if is_open
        }
        if night:
            is_readable = not fault_of_national(night, election, "night")
            versions[NIGHT] = parse_national(night).version if is_readable else UNKNOWN_VERSION
        return (last[0][0].decode() if last else BEGINNING), versions

    async def rebuilds(self) -> int:
        """Returns how often councils were rebuilt from the log."""
        return int(await self._redis.get(self._keys.rebuilds()) or 0)

    async def has_entry(self, election: str, feed_id: str) -> bool:
        """Returns whether the feed still has an entry; always true for BEGINNING."""
        if feed_id == BEGINNING:
            return True
        feed = self._keys.feed(election)
        return bool(await self._redis.xrange(feed, min=feed_id, max=feed_id, count=1))


def _council_state(
    council: str, totals: bytes, wards: dict[bytes, bytes], alerts: list[bytes]
) -> CouncilState:
    """Returns what of a council's stored JSON can be read, and what cannot."""
    by_ballot = {ballot.decode("utf-8", "replace"): ward for ballot, ward in wards.items()}
    readable_wards = {
        ballot: ward
        for ballot, ward in by_ballot.items()
        if _is_readable("ward", ward, council, ballot)
    }
    readable_alerts = [each for each in alerts if _is_readable("alert", each, council)]
    return CouncilState(
        totals if totals and _is_readable("totals", totals, council) else b"",
        readable_wards,
        readable_alerts,
        by_ballot.keys() - readable_wards.keys(),
        len(readable_alerts) < len(alerts),
    )


def _nation(election: str, stored: dict[bytes, bytes]) -> NationState:
    """Returns what of a night's stored totals can be read, and reports what cannot."""
    found = NationState()
    for name, data in stored.items():
        field = name.decode("utf-8", "replace")
        if not field.startswith(_NATIONAL_FIELDS):
            continue
        wrong = fault_of_national(data, election, field)
        if wrong:
            report("national", f"{election} {field}", wrong)
        if field == "night":
            found.night_json, found.is_unreadable = b"" if wrong else data, bool(wrong)
        elif not wrong:
            found.parts_json[field] = data
    return found


def _is_readable(kind: StoredKind, data: bytes, council: str, ballot: str = "") -> bool:
    """Returns whether stored JSON can be read; if not, reports why."""
    wrong = fault(kind, data, council)
    if kind == "ward" and not wrong and ballot_of(data) != ballot:
        wrong = f"ballot_paper_id: it is about {ballot_of(data)}, but stored for {ballot}"
    if wrong:
        what: What = "council" if kind == "totals" else kind
        report(what, f"{council} {ballot}".strip(), wrong)
    return not wrong
