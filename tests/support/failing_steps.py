"""Steps of which one fails for declarations from one source, and of no others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from election.council import Council
from election.fold import Effects, apply
from election.snapshot import dump
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.events import Event
from schemas.ward_totals import WardTotals
from services.aggregator.steps import Steps

TROUBLE = "trouble"
"""The source of declarations for which a step fails."""


def fails(*_: Any) -> Any:
    """Fails as a conversion of a time does."""
    raise OverflowError("date value out of range")


def failing(step: str) -> Steps:
    """Returns steps of which one fails once something from TROUBLE is in a council.

    `alerts` are alerts that cannot be written as JSON; `memory` is memory that has run out.
    """
    return {
        "fold": Steps(fold=_fold),
        "memory": Steps(fold=_out_of_memory),
        "alerts": Steps(fold=_unwritable_alerts),
        "totals": Steps(totals=_unless_troubled(council_totals)),
        "state": Steps(state=_unless_troubled(dump)),
        "ward": Steps(ward=_ward),
    }[step]


def is_troubled(council: Council) -> bool:
    """Returns whether a council has a result from TROUBLE."""
    results = [ward.declared for ward in council.wards.values() if ward.declared]
    return any(declared.source == TROUBLE for declared in results)


def _fold(event: Event, council: Council | None) -> tuple[Council, Effects]:
    return fails() if event.source == TROUBLE else apply(event, council)


def _out_of_memory(event: Event, council: Council | None) -> tuple[Council, Effects]:
    if event.source == TROUBLE:
        raise MemoryError
    return apply(event, council)


def _unwritable_alerts(event: Event, council: Council | None) -> tuple[Council, Effects]:
    after, effects = apply(event, council)
    if event.source == TROUBLE:
        # Half of a character: UTF-8 has no bytes for it.
        alerts = tuple(each.model_copy(update={"text": "\ud83d"}) for each in effects.alerts)
        effects = replace(effects, alerts=alerts)
    return after, effects


def _unless_troubled(step: Callable[[Council], Any]) -> Callable[[Council], Any]:
    return lambda council: fails() if is_troubled(council) else step(council)


def _ward(council: Council, ballot: str) -> WardTotals:
    declared = council.wards[ballot].declared
    return fails() if declared and declared.source == TROUBLE else ward_totals(council, ballot)
