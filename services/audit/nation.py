"""Differences between national totals and the councils' totals that they add up.

Nothing here depends on the newsroom's file of marks, which may have changed during the night.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from redis.asyncio import Redis

from election.nation.entry import council_entry
from election.nation.place import Part
from election.nation.plan import NightPlan
from election.nation.snapshot import load
from election.nation.state import Night
from election.nation.totals import national_totals, parts
from readers.local_authorities import place
from schemas.ids import election_of
from schemas.national import NationalTotals
from schemas.totals import CouncilTotals
from services.audit.difference import Difference, shown
from services.audit.stored import StoredCouncil
from services.platform.names import Keys
from services.platform.topic_log import Log

_HEAD = frozenset({b"offset", b"partition", b"version", b"head"})
_PLAN = NightPlan(marks=(), place_of=place)

_OF_THE_FILE = frozenset({"total", "not_opened", "awaited"})
"""What of councils the newsroom's list says, and not the councils' totals."""


class StoredNight(NamedTuple):
    """A night in Redis, both parts read at the same time."""

    state: Mapping[bytes, bytes]
    totals: Mapping[bytes, bytes]


@dataclass(slots=True)
class NightAlerts:
    """The alerts about whole nights that are on the topic: election and kind by id."""

    found: dict[str, tuple[str, str]] = field(default_factory=dict)
    retracted: set[str] = field(default_factory=set)

    def add(self, alert: Mapping[str, str]) -> None:
        """Adds an alert, as the JSON that was published has it."""
        if alert["action"] == "raise":
            self.found[alert["id"]] = (alert["election"], alert["kind"])
        else:
            self.retracted.add(alert["id"])


async def night_differences(
    redis: Redis, keys: Keys, log: Log, councils: Mapping[str, StoredCouncil], alerts: NightAlerts
) -> tuple[int, list[Difference]]:
    """Returns how many nights Redis has, and every difference in them.

    `councils` and `alerts` were read before. Counting may go on meanwhile: a council is compared
    where both have it at the same version. Raises KafkaUnavailableError and
    redis.exceptions.RedisError.
    """
    is_caught_up = await _is_caught_up(redis, keys, log)
    found: list[Difference] = []
    elections = {election_of(council) for council in councils}
    nights = 0
    for election in sorted(elections):
        stored = await _stored(redis, keys, election)
        own = {name: each for name, each in councils.items() if election_of(name) == election}
        if stored.state:
            nights += 1
        if stored.state or is_caught_up:
            found += _differences(election, stored, own, alerts, is_caught_up=is_caught_up)
    return nights, found


async def _is_caught_up(redis: Redis, keys: Keys, log: Log) -> bool:
    """Returns whether everything that aggregators have published is added up."""
    topics = log.topics
    totals = {number: end for number, end in (await log.ends(topics.totals)).items() if end}
    if not totals or await log.committed("nation", topics.totals) != totals:
        return False
    ends = await log.ends(topics.night)
    marks = await redis.mget([keys.night_counted().watermark(number) for number in ends])
    return [int(mark or 0) for mark in marks] == [*ends.values()]


async def _stored(redis: Redis, keys: Keys, election: str) -> StoredNight:
    # One transaction, so that the nation cannot write between the reads.
    async with redis.pipeline(transaction=True) as pipeline:
        pipeline.hgetall(keys.night(election))
        pipeline.hgetall(keys.national(election))
        return StoredNight(*await pipeline.execute())


def _differences(
    election: str,
    stored: StoredNight,
    councils: Mapping[str, StoredCouncil],
    alerts: NightAlerts,
    *,
    is_caught_up: bool,
) -> Iterator[Difference]:
    opened = {
        name: totals for name, each in councils.items() if (totals := _totals_of(each)) is not None
    }
    if not stored.state:
        if opened:
            yield Difference("national", election, "missing: none of its councils is added up")
        return
    entries = [each for name, each in stored.state.items() if name not in _HEAD]
    try:
        night = load(stored.state[b"head"], entries, _PLAN)
    except (KeyError, ValueError) as error:
        yield Difference("national", election, f"state: cannot be read: {error}")
        return
    yield from _council_differences(night, opened, is_caught_up=is_caught_up)
    yield from _sum_differences(night, stored.totals)
    yield from _alert_differences(night, alerts, is_caught_up=is_caught_up)


def _totals_of(council: StoredCouncil) -> CouncilTotals | None:
    """Returns a council's totals; None if it has none, or if they cannot be read.

    What cannot be read differs from the log, and is said of the council.
    """
    try:
        return CouncilTotals.model_validate_json(council.totals) if council.totals else None
    except ValueError:
        return None


def _council_differences(
    night: Night, opened: Mapping[str, CouncilTotals], *, is_caught_up: bool
) -> Iterator[Difference]:
    """Yields councils that were added up otherwise than they are at the same version."""
    for name, totals in opened.items():
        counted = night.councils.get(name)
        version = counted.version if counted is not None else 0
        if version < totals.version and is_caught_up:
            yield Difference(
                "national", name, f"added up at version {version}, but it is at {totals.version}"
            )
        if counted is None or version != totals.version:
            continue
        if counted.sum != council_entry(totals, _PLAN).sum:
            yield Difference(
                "national", name, f"added up otherwise than its totals say at version {version}"
            )


def _sum_differences(night: Night, stored: Mapping[bytes, bytes]) -> Iterator[Difference]:
    """Yields totals of the night and its parts that are not the sum of its councils."""
    expected = {_field(part): part for part in parts(night)} if night.version else {}
    for name in sorted({*expected, *(each.decode() for each in stored)}):
        payload = stored.get(name.encode())
        if payload is None or name not in expected:
            why = "missing" if payload is None else "in Redis, but no council is in it"
            yield Difference("national", f"{night.election} {name}", why)
            continue
        part = expected[name]
        ours = _comparable(national_totals(night, part.kind, part.name, _PLAN))
        try:
            theirs = _comparable(NationalTotals.model_validate_json(payload))
        except ValueError:
            yield Difference("national", f"{night.election} {name}", "cannot be read")
            continue
        for field_name in sorted(ours):
            if ours[field_name] != theirs[field_name]:
                yield Difference(
                    "national",
                    f"{night.election} {name}",
                    f"{field_name}: {shown(theirs[field_name])} in Redis,"
                    f" {shown(ours[field_name])} by its councils",
                )


def _alert_differences(
    night: Night, alerts: NightAlerts, *, is_caught_up: bool
) -> Iterator[Difference]:
    """Yields milestones that no alert on the topic told, and alerts of none that was passed."""
    told = {milestone.id: milestone.text for milestone in night.marks.milestones}
    for milestone, text in told.items():
        if milestone not in alerts.found:
            yield Difference("alert", milestone, f"is not on the topic: {text}")
    if not is_caught_up:
        return
    for alert, (election, kind) in sorted(alerts.found.items()):
        if election == night.election and kind == "milestone" and alert not in told:
            yield Difference("alert", alert, "on the topic, but no mark was passed")


def _field(part: Part) -> str:
    """Returns the field in which Redis has the totals of a part of the night."""
    return "night" if part.kind == "night" else f"{part.kind}:{part.name}"


def _comparable(totals: NationalTotals) -> dict[str, object]:
    """Returns what of totals follows from councils alone."""
    found = totals.model_dump(mode="json")
    councils = {
        name: number for name, number in found["councils"].items() if name not in _OF_THE_FILE
    }
    return {"councils": councils, "parties": found["parties"]}
