"""A night of the second stage: what the rules make of the topic `night`, and what was stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from election.nation.night import apply
from election.nation.plan import NightPlan
from election.nation.snapshot import load
from election.nation.state import Night
from election.nation.totals import national_totals, parts
from schemas.alert import Alert
from schemas.night import DigestDue, ProjectionStated
from schemas.totals import CouncilTotals
from services.nation.plan_file import read_plan
from services.platform.names import Keys, Topics
from services.platform.redis import connect
from services.platform.settings import Settings
from services.platform.topic_log import Log
from tests.support.aggregator_night import ELECTION, Fact
from tests.support.topics import messages

HEAD = {b"offset", b"partition", b"version", b"head"}

SAID: dict[str, TypeAdapter[Any]] = {
    "totals": TypeAdapter(CouncilTotals),
    "digest.due": TypeAdapter(DigestDue),
    "projection.stated": TypeAdapter(ProjectionStated),
}

COUNTS = ("seats_won", "councils", "councils_change", "councils_gained", "councils_lost")


def marks(councils: int) -> str:
    """Returns a file of many marks, so that nearly every declaration passes one."""
    lines = []
    for count in COUNTS:
        for party in ("PP52", "PP53", "PP90"):
            for at_least in (*range(1, 6), *range(10, 10 * councils, 5)):
                lines += [
                    "[[mark]]",
                    f'name = "{party} {count} {at_least}"',
                    f'count = "{count}"',
                    f'party = "{party}"',
                    f"at_least = {at_least}",
                ]
    # A plan takes 200 at most, and five lines make one.
    lines = lines[: 5 * 150]
    for number in range(1, councils + 1):
        lines += [
            "[[mark]]",
            f'name = "{number} decided"',
            'count = "councils_decided"',
            f"at_least = {number}",
        ]
    return "\n".join(lines) + "\n"


def councils_csv(facts: Sequence[Fact]) -> str:
    """Returns the newsroom's list of the councils of some events."""
    names = sorted({fact.council.split(".")[1] for fact in facts})
    rows = [f"2026-05-07,{name},,all-out,10,PP52,0" for name in names]
    header = "election_date,council,council_gss,cycle,seats_total,control_before"
    return "\n".join([f"{header},independents_as_party", *rows]) + "\n"


def nation_file(folder: Path, facts: Sequence[Fact], councils: int) -> Path:
    """Writes a file of the nation with its list of councils, and returns it."""
    (folder / "councils.csv").write_text(councils_csv(facts))
    file = folder / "nation.toml"
    file.write_text(f'[night]\ncouncils = "councils.csv"\n\n{marks(councils)}')
    return file


@dataclass
class NightByRules:
    """What the topic `night` comes to by the rules alone: totals by field, and alerts in order."""

    night: Night | None = None
    totals: dict[str, Any] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)


async def by_rules(settings: Settings, plan: NightPlan) -> NightByRules:
    """Folds every record of `night` that can be read, in its order, and nothing else."""
    found = NightByRules()
    for record in await messages(settings, Topics(settings.namespace).night):
        try:
            said = SAID[json.loads(record.value)["type"]].validate_json(record.value)
        except (ValueError, KeyError):
            continue
        change = apply(said, found.night, plan)
        found.night = change.night
        found.alerts += change.alerts
    if found.night is not None:
        for part in parts(found.night):
            totals = national_totals(found.night, part.kind, part.name, plan)
            name = "night" if part.kind == "night" else f"{part.kind}:{part.name}"
            found.totals[name] = comparable(name, totals.model_dump_json())
    return found


async def national(settings: Settings, election: str = ELECTION) -> dict[str, Any]:
    """Returns the national totals that Redis holds, by field."""
    async with connect(settings) as redis:
        found = await redis.hgetall(Keys(settings.namespace).national(election))
    return {name.decode(): comparable(name.decode(), totals) for name, totals in found.items()}


def comparable(name: str, totals: bytes | str) -> dict[str, Any]:
    """Returns the totals of a field; a part's have the night's version of when it changed last."""
    shown: dict[str, Any] = json.loads(totals)
    return shown if name == "night" else {**shown, "version": 0}


async def stored_night(
    settings: Settings, plan: NightPlan, election: str = ELECTION
) -> Night | None:
    """Returns the state of the night in Redis; None if there is none."""
    async with connect(settings) as redis:
        found = await redis.hgetall(Keys(settings.namespace).night(election))
    if b"head" not in found:
        return None
    return load(found[b"head"], [each for name, each in found.items() if name not in HEAD], plan)


async def versions(settings: Settings, election: str = ELECTION) -> dict[str, int]:
    """Returns the version of each council's totals in Redis."""
    keys = Keys(settings.namespace)
    async with connect(settings) as redis:
        councils = sorted(await redis.smembers(keys.councils(election)))
        found = [await redis.hget(keys.council(each.decode()), "totals") for each in councils]
    return {
        each.decode(): json.loads(totals)["version"]
        for each, totals in zip(councils, found, strict=True)
        if totals is not None
    }


async def night_alerts(settings: Settings) -> list[Alert]:
    """Returns every alert about the whole night that was published, repeats included."""
    records = await messages(settings, Topics(settings.namespace).alerts)
    found = [Alert.model_validate_json(record.value) for record in records]
    return [alert for alert in found if alert.council is None]


async def is_counted(settings: Settings, plan: NightPlan, election: str = ELECTION) -> bool:
    """Returns whether the second stage has all of the first, and all of the topic `night`."""
    keys = Keys(settings.namespace).night_counted()
    async with Log(settings) as log:
        ends = await log.ends(log.topics.night)
    async with connect(settings) as redis:
        marks = await redis.mget([keys.watermark(partition) for partition in ends])
    if [int(mark or 0) for mark in marks] != list(ends.values()):
        return False
    night = await stored_night(settings, plan, election)
    counted = {each.council: each.version for each in night.councils.values()} if night else {}
    return counted == await versions(settings, election)


async def assert_nation(settings: Settings, file: Path, election: str = ELECTION) -> NightByRules:
    """Asserts that what is stored and published is what the rules make of the topic `night`.

    Each alert is told at least once, and those told first are in the order of the rules.
    """
    plan = read_plan(file)
    right = await by_rules(settings, plan)
    assert await national(settings, election) == right.totals
    told = [alert.id for alert in await night_alerts(settings)]
    assert list(dict.fromkeys(told)) == [alert.id for alert in right.alerts]
    assert await stored_night(settings, plan, election) == right.night
    return right
