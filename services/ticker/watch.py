"""One ward, watched in the terminal as its count goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from schemas.ids import election_of
from schemas.totals import CouncilTotals
from services.platform import redis
from services.platform.names import Keys
from services.platform.settings import Settings
from services.ticker.feed.entry import BEGINNING, Entry
from services.ticker.feed.parsing import ReadableKind, fault, parse_alert, parse_totals, parse_ward

BLOCK_MS = 1_000
"""How long one read of the feed waits for the next entry, which is returned as it arrives."""


class UnknownWardError(ValueError):
    """No council or ward of that name is known, or what is stored of it cannot be read."""


async def watch(settings: Settings, council: str, ward: str) -> AsyncIterator[str]:
    """Yields how a ward stands, then a line for every change, without end.

    `council` and `ward` are ids, or names such as `barnet` and `childs-hill`. If several
    elections of the council are known, the latest is watched. A change is the ward's declaration
    and how close it was, a recount or another status, an alert about the ward, or that control of
    the council comes to depend on this ward only. Raises UnknownWardError if there is no such
    council or ward, and redis-py's RedisError.
    """
    keys = Keys(settings.namespace)
    client = redis.connect(settings)
    try:
        found = await _council(client, keys, council)
        stored_totals = await _totals(client, keys.council(found))
        ballot = await _ballot(client, keys, found, ward)
        feed = keys.feed(election_of(found))
        newest: Any = await client.xrevrange(feed, count=1)
        last: bytes | str = newest[0][0] if newest else BEGINNING
        stored: Any = await client.hget(keys.wards(found), ballot)
        kinds: tuple[tuple[ReadableKind, bytes], ...] = (
            ("totals", stored_totals),
            ("ward", stored),
        )
        for kind, data in kinds:
            if fault(kind, data, found):
                raise UnknownWardError(f"{kind}: what is stored of {found} cannot be read")
        yield parse_ward(stored).text
        at_stake = _at_stake(parse_totals(stored_totals), ballot)
        if at_stake:
            yield at_stake
        while True:
            streams: Any = await client.xread({feed: last}, block=BLOCK_MS)
            for feed_id, fields in streams[0][1] if streams else ():
                last = feed_id
                entry = Entry.read(feed_id, fields)
                if entry.council != found:
                    continue
                line = _line(entry, ballot)
                if line and line != at_stake:
                    yield line
                if entry.kind == "totals":
                    at_stake = line
    finally:
        await client.aclose()


def _line(entry: Entry, ballot: str) -> str:
    """Returns what a feed entry says about a ballot, or an empty string if it says nothing."""
    match entry.kind:
        case "ward":
            ward = parse_ward(entry.data)
            return ward.text if ward.ballot_paper_id == ballot else ""
        case "alert":
            alert = parse_alert(entry.data)
            # A "decider" alert repeats what the council's totals say, so only they are printed.
            is_about = alert.kind != "decider" and ballot in {alert.cause, *alert.ballots}
            return alert.text if is_about else ""
        case "totals":
            return _at_stake(parse_totals(entry.data), ballot)
        case _:
            # A ward is gone; or this version cannot read the entry, which was logged as an error.
            return ""


def _at_stake(totals: CouncilTotals, ballot: str) -> str:
    """Returns what is at stake if the council depends on this ballot only, else an empty string."""
    if len(totals.deciders) != 1 or totals.deciders[0].ballot_paper_id != ballot:
        return ""
    return totals.deciders[0].text


async def _totals(client: Any, key: str) -> bytes:
    stored: bytes | None = await client.hget(key, "totals")
    if stored is None:
        raise UnknownWardError("council: not opened yet; declare council.opened first")
    return stored


async def _council(client: Any, keys: Keys, council: str) -> str:
    known: list[str] = []
    for election in sorted(await client.smembers(keys.elections())):
        members = await client.smembers(keys.councils(election.decode()))
        known += sorted(member.decode() for member in members)
    found = [each for each in known if council.casefold() in {each, each.split(".")[1]}]
    if not found:
        shown = ", ".join(each.split(".")[1] for each in known[:20]) or "none yet"
        raise UnknownWardError(f"council: {council!r} is not among those counted: {shown}")
    return max(found, key=lambda each: each.rpartition(".")[2])


async def _ballot(client: Any, keys: Keys, council: str, ward: str) -> str:
    known: list[str] = sorted(each.decode() for each in await client.hkeys(keys.wards(council)))
    found = [each for each in known if ward.casefold() in {each, each.split(".")[2]}]
    if not found:
        shown = ", ".join(each.split(".")[2] for each in known)
        raise UnknownWardError(f"ward: {ward!r} is not among those of the council: {shown}")
    return found[-1]
