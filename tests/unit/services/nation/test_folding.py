"""The fold of a batch of `night`: each message that fails is set aside alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from election.nation.night import NightChange, apply
from election.nation.plan import NightPlan
from election.nation.state import Night
from election.nation.totals import national_totals
from schemas.national import NationalTotals
from schemas.totals import CouncilTotals
from services.nation.decode import LoggedWord, Said
from services.nation.folding import NEW_NIGHT, CachedNight, NightFold, fold
from services.nation.rules import Rules
from tests.support.aggregator_night import ELECTION, expected_totals, night

BAD = "local.council-2.2026-05-07"
RULES = Rules()


@pytest.fixture(autouse=True)
def _logs_kept() -> Iterator[None]:
    """Keeps what is logged: shown with all the values in a night, each line takes seconds."""
    with capture_logs():
        yield


def words(totals: Sequence[CouncilTotals], begin: int = 0) -> list[LoggedWord]:
    """Returns totals as records of one partition, one after the other."""
    return [
        LoggedWord(
            SimpleNamespace(
                topic="rehearsal.night",
                partition=3,
                offset=begin + number,
                timestamp=None,
                key=ELECTION.encode(),
                value=b"{}",
                headers=[],
            ),
            each,
        )
        for number, each in enumerate(totals)
    ]


def by_rules(totals: Sequence[CouncilTotals]) -> Night:
    """Returns the night of totals."""
    found: Night | None = None
    for each in totals:
        found = apply(each, found, NightPlan()).night
    assert found is not None
    return found


async def only(
    logged: Sequence[LoggedWord], before: CachedNight = NEW_NIGHT, rules: Rules = RULES
) -> tuple[NightFold, list[int]]:
    """Returns the one night of a fold, and the offsets that were set aside as broken."""
    (folded,), rejects = await fold(logged, {ELECTION: before}, rules)
    assert {each.reason for each in rejects} <= {"broken"}
    return folded, [each.offset for each in rejects]


async def test_a_batch_is_folded_in_its_order() -> None:
    """Into one change of the night, with all its alerts and every council that changed."""
    totals = expected_totals(night(seed=2))
    folded, aside = await only(words(totals))

    assert (folded.night, folded.offset, aside) == (by_rules(totals), len(totals) - 1, [])
    assert set(folded.councils) == {each.council for each in totals}
    assert folded.written is not None
    assert folded.written.totals


async def test_a_part_that_no_council_is_in_any_more_is_gone() -> None:
    """As when the cycle of its last council is put right."""
    first = expected_totals(night(seed=2))[0]
    other = first.model_copy(update={"cycle": "thirds", "version": first.version + 1})
    before, _ = await only(words([first]))
    folded, _ = await only(words([other], begin=1), CachedNight(before.night, 0))

    assert folded.written is not None
    assert folded.written.parts["cycle:all-out"] == b""
    assert folded.written.parts["cycle:thirds"]
    assert b'"version":2' in folded.written.totals


async def test_what_is_read_again_changes_nothing() -> None:
    """Below the offset that the night has reached, and repeats of a council's version above it."""
    totals = expected_totals(night(seed=2))
    known = CachedNight(by_rules(totals), 50)

    assert await fold(words(totals), {ELECTION: known}, RULES) == ([], [])
    assert await fold(words(totals, begin=51), {ELECTION: known}, RULES) == ([], [])


async def test_messages_that_break_the_fold_are_set_aside_alone() -> None:
    """The night is that of all others."""
    totals = expected_totals(night(seed=3))

    def failing(said: Said, before: Night | None, plan: NightPlan) -> NightChange:
        if isinstance(said, CouncilTotals) and said.council == BAD:
            raise ZeroDivisionError
        return apply(said, before, plan)

    folded, aside = await only(words(totals), rules=Rules(fold=failing))

    assert aside == [at for at, each in enumerate(totals) if each.council == BAD]
    assert folded.night == by_rules([each for each in totals if each.council != BAD])


async def test_messages_after_which_a_night_cannot_be_written_are_set_aside_alone() -> None:
    """Those of one council, say, whose totals are too much for the night's."""
    totals = expected_totals(night(seed=4))

    def failing(found: Night, kind: Any, name: str, plan: NightPlan) -> NationalTotals:
        if BAD in found.councils:
            raise ValueError("too much")
        return national_totals(found, kind, name, plan)

    folded, aside = await only(words(totals), rules=Rules(totals=failing))

    assert aside == [at for at, each in enumerate(totals) if each.council == BAD]
    assert folded.night == by_rules([each for each in totals if each.council != BAD])


async def test_an_output_larger_than_a_message_breaks_its_message_only() -> None:
    """Whatever is larger than Kafka takes is set aside, and the worker goes on."""
    totals = expected_totals(night(seed=4))
    size = len(national_totals(by_rules(totals), "night", "", NightPlan()).model_dump_json())
    folded, aside = await only(words(totals), rules=Rules(output_bytes_max=size - 1))

    assert aside
    assert folded.counted + len(aside) == len(totals)


async def test_what_contradicts_the_night_is_a_conflict() -> None:
    """It is refused with its field, and nothing of it counts."""
    first, *_, last = expected_totals(night(seed=5))
    other = last.model_copy(update={"mode": "live"})
    (folded,), rejects = await fold(words([first, other]), {ELECTION: NEW_NIGHT}, RULES)

    assert folded.night == by_rules([first])
    assert [(each.reason, each.offset) for each in rejects] == [("conflict", 1)]
    assert rejects[0].detail.startswith("mode: ")


async def test_memory_that_runs_out_is_no_fault_of_a_message() -> None:
    """The worker ends, and counts it once it has started again."""

    def failing(*_: object) -> NightChange:
        raise MemoryError

    with pytest.raises(MemoryError):
        await fold(
            words(expected_totals(night(seed=5))),
            {ELECTION: NEW_NIGHT},
            replace(RULES, fold=failing),
        )
