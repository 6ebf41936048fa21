"""One ward, watched in the terminal as its count goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from schemas.alert import Alert
from schemas.ids import election_of
from schemas.totals import CouncilTotals, WardTotals
from services.notifier.notice import of_alert
from services.platform import redis
from services.platform.names import Keys
from services.platform.settings import Settings

BLOCK_MS = 1_000
"""How long one look at the feed waits; what arrives meanwhile is told at once."""


class UnknownWardError(ValueError):
    """No council or ward of that name is known."""


async def watch(settings: Settings, council: str, ward: str) -> AsyncIterator[str]:
    """Yields how a ward stands, then every change of it, without end.

    `council` and `ward` are ids or names as `barnet` and `childs-hill`; of several elections
    of a council it is the latest. Told are its declaration and how close it was, recounts and
    other notices, alerts that it causes, and when the council comes to hang on it. Raises
    UnknownWardError where there is none of that name, and redis-py's RedisError.
    """
    keys = Keys(settings.namespace)
    client = redis.connect(settings)
    try:
        found = await _council(client, keys, council)
        totals = CouncilTotals.model_validate_json(await _field(client, keys.council(found)))
        ballot = await _ballot(client, keys, found, ward)
        feed = keys.feed(election_of(found))
        newest: Any = await client.xrevrange(feed, count=1)
        last = newest[0][0] if newest else b"0-0"
        stands: Any = await client.hget(keys.wards(found), ballot)
        yield WardTotals.model_validate_json(stands).text
        hangs = _hangs_on(totals, ballot)
        if hangs:
            yield hangs
        while True:
            entries: Any = await client.xread({feed: last}, block=BLOCK_MS)
            for identifier, fields in entries[0][1] if entries else ():
                last = identifier
                if fields[b"council"].decode() != found:
                    continue
                line = _line(fields, ballot)
                if line and line != hangs:
                    yield line
                if fields[b"type"] == b"totals":
                    hangs = line
    finally:
        await client.aclose()


def _line(fields: dict[bytes, bytes], ballot: str) -> str:
    """Returns what a feed entry says of a ballot, or an empty text."""
    data = fields[b"data"]
    if fields[b"type"] == b"ward":
        ward = WardTotals.model_validate_json(data)
        return ward.text if ward.ballot_paper_id == ballot else ""
    if fields[b"type"] == b"alert":
        notice = of_alert(Alert.model_validate_json(data))
        # That the council hangs on the ward is told from its totals, which say when it began.
        return notice.line if notice.kind != "decider" and ballot in notice.ballots else ""
    return _hangs_on(CouncilTotals.model_validate_json(data), ballot)


def _hangs_on(totals: CouncilTotals, ballot: str) -> str:
    """Returns what is at stake where a council hangs on this ballot alone, else an empty text."""
    if len(totals.deciders) != 1 or totals.deciders[0].ballot_paper_id != ballot:
        return ""
    return totals.deciders[0].text


async def _field(client: Any, key: str) -> bytes:
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
