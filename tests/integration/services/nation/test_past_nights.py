"""Past nights through both stages on a real Kafka and Redis."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import httpx

from readers.night import NIGHTS, load_night
from schemas.national import NationalTotals
from schemas.totals import CouncilTotals
from services.nation.plan_file import read_plan
from services.platform.names import Topics
from services.platform.settings import Settings
from services.rehearsal.tally import fold
from tests.support.aggregator_night import Declarations
from tests.support.nation_night import assert_nation, is_counted, night_alerts
from tests.support.ticking import ticking
from tests.support.topics import messages

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]
LABOUR = "PP53"


def a_file(folder: Path, night: str, marks: str = "") -> Path:
    """Writes a file of the nation with the list of a past night's councils, and returns it."""
    file = folder / "nation.toml"
    file.write_text(f'[night]\ncouncils = "{NIGHTS / night / "councils.csv"}"\n\n{marks}')
    return file


async def test_the_night_of_2012_ends_with_32_more_councils_for_labour(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """On the topic, in the data and on the page, while three aggregators and two workers move."""
    night = load_night("councils-2012")
    election = night.openings[0].election
    file = a_file(tmp_path, "councils-2012")
    aggregators = [process("aggregator", "run", worker_id=f"a{number}") for number in range(3)]
    workers = [
        process("nation", "run", worker_id=f"n{number}", nation_file=str(file))
        for number in range(2)
    ]
    facts: Sequence[Any] = [*night.openings, *night.declarations]
    for number, start in enumerate(range(0, len(facts), 75)):
        await declarations.send(facts[start : start + 75])
        for each in (workers[number % 2], aggregators[number % 3]):
            each.kill()
            each.start()
    await declarations.count()
    await eventually(partial(is_counted, settings, read_plan(file), election))

    right = await assert_nation(settings, file, election)
    told = list(dict.fromkeys(alert.id for alert in await night_alerts(settings)))
    assert told == [alert.id for alert in right.alerts]
    assert right.totals["night"]["councils"]["decided"] == 181
    latest = {
        record.key.decode(): NationalTotals.model_validate_json(record.value)
        for record in await messages(settings, Topics(settings.namespace).national)
    }
    assert change_of_labour(latest[election]) == 32
    assert {
        name: gained_by_labour(latest[f"{election} nation:{name}"])
        for name in ("England", "Wales", "Scotland")
    } == {"England": 22, "Wales": 8, "Scotland": 2}
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        data = (await client.get(f"/v1/elections/{election}/national")).json()
        page = (await client.get(f"/elections/{election}")).text
    assert (
        next(each for each in data["parties"] if each["party_id"] == LABOUR)["councils_change"]
        == 32
    )
    assert "+32" in page


async def test_every_total_of_england_in_2021_is_a_plain_sum(
    settings: Settings,
    declarations: Declarations,
    process: Process,
    eventually: Eventually,
    tmp_path: Path,
) -> None:
    """In a random order: each one published adds up what the log had by then, and the last all."""
    night = load_night("england-2021")
    election = night.openings[0].election
    file = a_file(tmp_path, "england-2021")
    process("aggregator", "run")
    process("nation", "run", nation_file=str(file))
    shuffled: list[Any] = list(night.declarations)
    Random(2021).shuffle(shuffled)
    facts = [*night.openings, *shuffled]
    # Whatever waits is added up and published together.
    for start in range(0, len(facts), 50):
        await declarations.count(facts[start : start + 50])
    await eventually(partial(is_counted, settings, read_plan(file), election))

    latest: dict[str, CouncilTotals] = {}
    sums = []
    for record in await messages(settings, Topics(settings.namespace).night):
        totals = CouncilTotals.model_validate_json(record.value)
        latest[totals.council] = totals
        sums.append(plain_sum(latest.values()))
    published = [
        as_summed(NationalTotals.model_validate_json(record.value))
        for record in await messages(settings, Topics(settings.namespace).national)
        if record.key == election.encode()
    ]
    assert len(published) > 50
    place = 0
    for each in published:
        place = sums.index(each, place)
    assert published[-1] == sums[-1] == plain_sum(fold(night).councils)


Summed = tuple[int, int, dict[str, tuple[int, int, int | None, int | None]]]
"""Decided and complete councils, and each party's councils, seats won and changes of seats."""


def plain_sum(councils: Iterable[CouncilTotals]) -> Summed:
    every = list(councils)
    decided = [each for each in every if each.decided]
    found = {each.control: [0, 0, None, None] for each in decided if each.control is not None}
    for each in decided:
        if each.control is not None:
            found[each.control][0] += 1
    for each in every:
        for row in each.parties:
            party = found.setdefault(row.party_id, [0, 0, None, None])
            party[1] += row.seats_won if each.seats_won_known else 0
            changes = (row.change_eve_of_poll, row.change_last_election)
            for place, change in enumerate(changes, start=2):
                if each.complete and change is not None:
                    party[place] = (party[place] or 0) + change
    shown = {key: tuple(numbers) for key, numbers in found.items() if any(numbers[:2])}
    return len(decided), sum(each.complete for each in every), shown


def as_summed(totals: NationalTotals) -> Summed:
    parties = {
        each.party_id: (
            each.councils,
            each.seats_won or 0,
            each.change_eve_of_poll,
            each.change_last_election,
        )
        for each in totals.parties
        if each.councils or each.seats_won
    }
    return totals.councils.decided, totals.councils.complete, parties


def change_of_labour(totals: NationalTotals) -> int | None:
    return next(each for each in totals.parties if each.party_id == LABOUR).councils_change


def gained_by_labour(totals: NationalTotals) -> int:
    return sum(
        next(each for each in totals.parties if each.party_id == LABOUR).gained_from.values()
    )
