"""What cannot be counted is set aside by itself, wherever it fails and however batches are cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from aiokafka.structs import ConsumerRecord
from structlog.testing import capture_logs

from schemas.events import Event, decode_event, encode_event
from schemas.reject import Reject
from services.aggregator.changes import Changes, EncodedChange
from services.aggregator.council_cache import NEW_COUNCIL, CachedCouncil
from services.aggregator.decode import LoggedEvent
from services.aggregator.folding import fold
from services.aggregator.steps import STEPS, Steps
from tests.support.failing_steps import TROUBLE, failing
from tests.support.polls import COUNCIL, declared, opened, ward, won


@pytest.fixture(autouse=True)
def lines() -> Iterator[list[Any]]:
    """The log lines of the test."""
    with capture_logs() as captured:
        yield captured


OTHER = "local.loamshire.2026-05-07"
STEP_NAMES = ["fold", "alerts", "totals", "state", "ward"]

OPENING = opened(ward("ash"), ward("beech"), ward("cedar"), ward("oak"), before="PP52")
TROUBLED = won("cedar", "PP53", source=TROUBLE)
"""With the two before it, it gives control, so that it causes an alert."""

NIGHT: list[Event] = [
    OPENING,
    won("ash", "PP53"),
    won("beech", "PP53"),
    TROUBLED,
    won("oak", "PP52"),
]


def elsewhere(event: Event) -> Event:
    """Returns an event of the council under the name of another."""
    renamed = encode_event(event).replace(b"barsetshire", b"loamshire")
    return decode_event(renamed)


def logged(events: Iterable[Event]) -> list[LoggedEvent]:
    """Returns events as they stand in the log, one after the other in one partition."""
    return [LoggedEvent(_record(offset, event), event) for offset, event in enumerate(events)]


def _record(offset: int, event: Event) -> ConsumerRecord[bytes, bytes]:
    return ConsumerRecord(
        "rehearsal.declarations",
        2,
        offset,
        0,
        0,
        event.council.encode(),
        encode_event(event),
        None,
        0,
        0,
        (),
    )


async def count(
    log: Sequence[LoggedEvent], steps: Steps = STEPS, cuts: Iterable[int] = ()
) -> tuple[dict[str, EncodedChange], list[Reject]]:
    """Returns what becomes of each council, and the rejects, for a log cut into batches."""
    councils: dict[str, CachedCouncil] = {each.event.council: NEW_COUNCIL for each in log}
    parts, rejects = [Changes({}, steps)], []
    for start, end in pairwise([0, *sorted(cuts), len(log)]):
        async for changes, found in fold(log[start:end], councils, steps):
            councils.update(changes.updated_councils())
            parts.append(changes)
            rejects += found
    merged = Changes.merged(parts).encoded()
    return {change.council: change for change in merged}, rejects


@pytest.mark.parametrize("step", STEP_NAMES)
async def test_what_fails_is_set_aside_and_the_rest_counts_as_if_it_had_not_come(step: str) -> None:
    """Totals, wards, alerts and state are those without it, of its own council and of others."""
    log = logged([*NIGHT, *(elsewhere(event) for event in NIGHT[:3])])
    councils, rejects = await count(log, failing(step))

    assert {reject.offset: reject.reason for reject in rejects} == {3: "broken"}
    sound, none = await count([each for each in log if each.record.offset != 3])
    assert not none
    assert councils == sound
    assert set(councils) == {COUNCIL, OTHER}


@pytest.mark.parametrize("step", STEP_NAMES)
async def test_the_reject_says_which_step_failed_and_what_to_do(step: str) -> None:
    """It has the message with its bytes, so that it can be sent again after an upgrade."""
    log = logged(NIGHT)
    _, (reject,) = await count(log, failing(step))

    name, _, said = reject.detail.partition(": ")
    assert name.startswith(step.removesuffix("s"))
    assert "surrogates" in said if step == "alerts" else "OverflowError: date value" in said
    assert "replay the reject once a version that mends it runs" in said
    assert reject.value == log[3].record.value
    assert Reject.model_validate_json(reject.model_dump_json()).value == reject.value


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("step", STEP_NAMES)
async def test_the_same_is_set_aside_however_the_log_is_cut_into_batches(
    step: str, seed: int
) -> None:
    """A restart, a rebuild and a second worker cut it otherwise."""
    random = Random(seed)
    log = logged(_long_night(random))
    cuts = random.sample(range(1, len(log)), 6)
    one_by_one, set_aside = await count(log, failing(step), range(1, len(log)))
    councils, rejects = await count(log, failing(step), cuts)

    assert councils == one_by_one
    assert sorted(each.offset for each in rejects) == [each.offset for each in set_aside]
    assert {each.reason for each in rejects} <= {"broken"}


def _long_night(random: Random) -> list[Event]:
    """Returns a night of two councils with several results that fail, in random order.

    Each ward fails at most once, and whatever fails is not put right by what follows it.
    """
    names = ["ash", "beech", "cedar", "oak"]
    events: list[Event] = []
    for place, name in enumerate(names):
        events.append(won(name, random.choice(["PP52", "PP53"])))
        source = TROUBLE if place % 2 else "desk"
        events.append(won(name, random.choice(["PP52", "PP53"]), revision=2, source=source))
    night: list[Event] = [*events, *map(elsewhere, events)]
    random.shuffle(night)
    return [OPENING, elsewhere(OPENING), *night]


async def test_an_output_that_would_be_too_large_is_found_before_it_is_published() -> None:
    """The event that makes it so is set aside; it is no outage of Kafka."""
    many = declared("oak", [(f"PP{number}", number) for number in range(1, 100)], source="long")
    log = logged([*NIGHT[:4], many, won("beech", "PP53", revision=2)])
    limit = 6_000
    assert len(log[4].record.value or b"") > limit
    councils, (reject,) = await count(log, Steps(output_bytes_max=limit))

    assert (reject.offset, reject.reason) == (4, "broken")
    assert f"bytes would come of it, at most {limit} may" in reject.detail
    outputs = councils[COUNCIL]
    assert outputs.version == 5
    assert max(map(len, (outputs.totals or b"", *(ward for _, ward in outputs.wards)))) <= limit


async def test_a_state_that_would_be_too_large_is_found_before_it_is_stored() -> None:
    """The state is written to Redis whole with every change, so it has a limit of its own."""
    log = logged(NIGHT)
    sound, _ = await count(log[:4])
    limit = len(sound[COUNCIL].state)
    councils, (reject,) = await count(log, Steps(state_bytes_max=limit))

    assert (reject.offset, reject.detail.split(":")[0]) == (4, "state")
    assert councils == sound


async def test_an_opening_that_fails_leaves_its_council_unopened() -> None:
    """Declarations of its wards are kept, as they are before any opening."""
    log = logged(NIGHT[:3])
    councils, (reject,) = await count(log, Steps(totals=lambda council: council.opening and _no()))

    assert reject.offset == 0
    assert councils[COUNCIL].totals is None
    assert councils[COUNCIL].version == 2


async def test_memory_that_runs_out_says_nothing_of_the_event() -> None:
    """The worker ends and starts again, instead of setting aside what is sound."""
    with pytest.raises(MemoryError):
        await count(logged(NIGHT), failing("memory"))


async def test_a_contradiction_beside_what_fails_is_still_a_conflict() -> None:
    """Each message has the reason that it has by itself, and only once."""
    other = won("ash", "PP52")
    log = logged([*NIGHT[:4], other])
    _, rejects = await count(log, failing("totals"))

    assert sorted((each.offset, each.reason) for each in rejects) == [
        (3, "broken"),
        (4, "conflict"),
    ]


def _no() -> Any:
    raise ValueError("no")
