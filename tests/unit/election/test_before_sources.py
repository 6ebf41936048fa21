"""A log from before there were sources counts today as it did then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from election.snapshot import dump, load
from election.totals import council_totals
from election.ward_totals import ward_totals
from tests.support.before_sources import outcome

FOLDER = Path(__file__).parent / "before_sources"
LOG = [json.loads(line) for line in (FOLDER / "log.jsonl").read_text("utf-8").splitlines()]
THEN: dict[str, Any] = json.loads((FOLDER / "outcome.json").read_text("utf-8"))
COUNCILS = sorted(THEN["councils"])

NEW_IN_TOTALS = {
    "wards_being_checked": 0,
    "wards_disputed": 0,
    "being_checked": False,
    "disputed": False,
}
NEW_IN_WARDS = {"being_checked": False, "disputed": False, "story": None}
"""What is said of sources since then. A result of then is from one source, and in no doubt; how
its seats were last fought was not said."""

LATER_IN_TOTALS = {
    "electoral_system",
    "votes",
    "votes_total",
    "votes_wards",
    "ballots",
    "electorate",
    "turnout_wards",
    "expected_next",
}
LATER_IN_PARTIES = {"seats_defended"}
LATER_IN_DECIDERS = {"expected_at", "decides"}
"""What totals add up only since then, from the same declarations."""

LATER_IN_ALERTS = {"beat", "certificate", "paragraph", "seats"}
"""What alerts say only since then, beside the line."""


@pytest.fixture(scope="module")
def now() -> dict[str, Any]:
    """What the rules of today make of the same log, as JSON."""
    made: dict[str, Any] = json.loads(json.dumps(outcome(LOG)))
    return made


def as_said_then(totals: dict[str, Any]) -> dict[str, Any]:
    """Returns totals of today without the numbers that nobody added up then."""
    parties = [without(party, LATER_IN_PARTIES) for party in totals["parties"]]
    deciders = [without(decider, LATER_IN_DECIDERS) for decider in totals["deciders"]]
    return {**without(totals, LATER_IN_TOTALS), "parties": parties, "deciders": deciders}


def without(fields: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """Returns fields without those of some names."""
    return {name: value for name, value in fields.items() if name not in names}


def as_shown_now(council: dict[str, Any]) -> dict[str, Any]:
    """Returns a council of then with what is shown beside it today."""
    wards = {
        ballot: {**ward, **NEW_IN_WARDS, "sources": int(ward["revision"] > 0)}
        for ballot, ward in council["wards"].items()
    }
    whole = json.loads(council["state"])["declared"] is not None
    totals = {**council["totals"], **NEW_IN_TOTALS, "sources": int(whole)}
    return {**council, "totals": totals, "wards": wards}


def test_no_event_of_the_log_has_a_source() -> None:
    """It has corrections, notices, a council's result, rejects and retracted alerts."""
    assert not any("source_id" in each["value"] or '"trust"' in each["value"] for each in LOG)
    assert {step["rejected"] for step in THEN["steps"]} >= {"parked", "contradiction", "conflict"}
    alerts = [alert for council in THEN["councils"].values() for alert in council["alerts"]]
    assert {alert["action"] for alert in alerts} == {"raise", "retract"}


def test_each_event_has_the_effect_that_it_had(now: dict[str, Any]) -> None:
    """The same alerts under the same ids at the same place, and the same rejects."""
    assert now["steps"] == THEN["steps"]


@pytest.mark.parametrize("council", COUNCILS)
def test_totals_wards_and_alerts_are_what_they_were(council: str, now: dict[str, Any]) -> None:
    """Every field has the value that it had, and those that are new say one source, no doubt."""
    shown = now["councils"][council]

    assert shown["totals"].keys() >= LATER_IN_TOTALS
    assert all(each.keys() >= LATER_IN_ALERTS for each in shown["alerts"])
    alerts = [without(each, LATER_IN_ALERTS) for each in shown["alerts"]]
    as_then = {**shown, "totals": as_said_then(shown["totals"]), "alerts": alerts}
    assert as_then == as_shown_now(THEN["councils"][council])


@pytest.mark.parametrize("council", COUNCILS)
def test_a_state_that_was_stored_then_can_be_counted_on(council: str) -> None:
    """It loads, shows the same, and is stored again byte by byte."""
    stored = THEN["councils"][council]
    loaded = load(stored["state"].encode())
    shown = as_shown_now(stored)

    totals = council_totals(loaded)
    assert totals is not None
    assert as_said_then(totals.model_dump(mode="json")) == shown["totals"]
    for ballot, ward in shown["wards"].items():
        assert ward_totals(loaded, ballot).model_dump(mode="json") == ward
    assert dump(loaded).decode() == stored["state"]
