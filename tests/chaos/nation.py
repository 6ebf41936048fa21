"""The second stage of a night, judged: what the topic `night` comes to by the rules alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter
from redis.asyncio import Redis

from election.nation.night import apply
from election.nation.plan import NightPlan
from election.nation.state import Night
from election.nation.totals import national_totals, parts
from schemas.night import DigestDue, ProjectionStated
from schemas.totals import CouncilTotals
from services.nation.plan_file import read_plan
from services.platform.names import Keys
from services.platform.topic_log import Log
from tests.chaos.published import in_json

FILE = Path(__file__).with_name("nation.toml")

_SAID: dict[str, TypeAdapter[Any]] = {
    "totals": TypeAdapter(CouncilTotals),
    "digest.due": TypeAdapter(DigestDue),
    "projection.stated": TypeAdapter(ProjectionStated),
}


@dataclass(slots=True)
class NationByRules:
    """The nights of a log, and the ids of their alerts in publishing order, by election.

    `standing` has when each figure of national totals stood first, by election and figure.
    """

    plan: NightPlan
    nights: dict[str, Night] = field(default_factory=dict)
    alerts: dict[str, list[str]] = field(default_factory=dict)
    standing: dict[tuple[str, str], float] = field(default_factory=dict)

    @property
    def all_alerts(self) -> set[str]:
        return {alert for alerts in self.alerts.values() for alert in alerts}

    def totals(self, election: str) -> dict[str, Any]:
        """Returns the national totals of an election, by their field in Redis."""
        night = self.nights[election]
        found = {}
        for part in parts(night):
            name = "night" if part.kind == "night" else f"{part.kind}:{part.name}"
            totals = national_totals(night, part.kind, part.name, self.plan)
            found[name] = _comparable(name, totals.model_dump_json())
        return found


def _comparable(name: str, totals: bytes | str) -> dict[str, Any]:
    """Returns the totals of a field; a part's have the night's version of when it changed last."""
    shown: dict[str, Any] = orjson.loads(totals)
    return shown if name == "night" else {**shown, "version": 0}


async def by_rules(log: Log) -> NationByRules:
    """Folds the topic `night` in its order, and nothing else."""
    found = NationByRules(read_plan(FILE))
    topic = log.topics.night
    async for record in log.read(topic, await log.ends(topic)):
        said = _SAID[orjson.loads(record.value)["type"]].validate_json(record.value)
        change = apply(said, found.nights.get(said.election), found.plan)
        found.nights[said.election] = change.night
        alerts = found.alerts.setdefault(said.election, [])
        alerts += [alert.id for alert in change.alerts]
        for part in change.changed_parts & change.night.parts.keys():
            totals = national_totals(change.night, part.kind, part.name, found.plan)
            for place in in_json(totals.model_dump(mode="json"), said.election):
                found.standing.setdefault(place, record.timestamp / 1_000)
    return found


async def faults(
    log: Log, redis: Redis, keys: Keys, right: NationByRules, versions: Mapping[str, int]
) -> list[str]:
    """Returns what of the second stage is not what the rules make of its log.

    `versions` are those of the councils' totals at the end, by council.
    """
    found = []
    counted = {
        council: entry.version
        for night in right.nights.values()
        for council, entry in night.councils.items()
    }
    found += [f"{council}: not added up as it is" for council in counted.items() ^ versions.items()]
    for election in right.nights:
        stored = await redis.hgetall(keys.national(election))
        totals = {name.decode(): _comparable(name.decode(), each) for name, each in stored.items()}
        expected = right.totals(election)
        found += [
            f"national {election} {name}: not what the log leads to"
            for name in expected.keys() | totals.keys()
            if expected.get(name) != totals.get(name)
        ]
    told: dict[str, list[str]] = {}
    async for record in log.read(log.topics.alerts, await log.ends(log.topics.alerts)):
        alert = orjson.loads(record.value)
        if alert["council"] is None and alert["id"] not in told.setdefault(alert["election"], []):
            told[alert["election"]].append(alert["id"])
    for election, alerts in right.alerts.items():
        if told.get(election, []) != alerts:
            found.append(f"alerts of {election}: {told.get(election, [])} told, {alerts} right")
        if len(set(alerts)) < len(alerts):
            found.append(f"alerts of {election}: one id for two")
    return found
