from __future__ import annotations

from dataclasses import replace

import pytest

from election.totals import council_totals
from readers.night import load_night
from schemas.events import decode_event
from services.archive.counted_log import CountedLog, count_log, election_states
from services.archive.record import ArchivedRecord
from services.rehearsal.archived import rehearsal_of
from services.rehearsal.tally import fold
from tests.support.archived import PARTITIONS, log_of
from tests.support.night_of_two import night_of_two
from tests.support.polls import COUNCIL

REHEARSED = "rehearsal.declarations"


def alerts(counted: CountedLog) -> list[tuple[str, str, str]]:
    return [(alert.id, alert.action, alert.text) for _, alert in counted.alerts]


def rehearsed(log: list[ArchivedRecord]) -> list[ArchivedRecord]:
    return [replace(rehearsal_of(record), topic=REHEARSED) for record in log]


@pytest.mark.parametrize("name", ["barnet-2014", "england-2021"])
def test_an_archived_night_comes_to_what_the_night_came_to(name: str) -> None:
    """Councils and alerts, with their ids and in their order, are those of the rules alone."""
    night = load_night(name)
    expected = fold(night)

    counted = count_log(log_of([*night.openings, *night.declarations]), PARTITIONS)

    assert [alert for _, alert in counted.alerts] == list(expected.alerts)
    totals = [council_totals(counted.councils[each.council]) for each in expected.councils]
    assert totals == list(expected.councils)


def test_a_live_night_that_is_rehearsed_gives_the_same_alerts() -> None:
    """Sources, what was held and what the desk decided included: same ids, same order."""
    log = log_of(night_of_two(), "live")
    live = count_log(log, PARTITIONS)

    again = count_log(rehearsed(log), PARTITIONS)

    assert len(live.alerts) >= 3
    assert {alert.action for _, alert in live.alerts} == {"raise", "retract"}
    assert alerts(again) == alerts(live)
    assert (again.not_counted, again.declarations) == (live.not_counted, live.declarations)
    assert {alert.mode for _, alert in again.alerts} == {"rehearsal"}


def test_what_the_live_log_set_aside_is_set_aside_when_it_is_rehearsed() -> None:
    """An event of the wrong mode, one that holds nothing, and one for which livecount failed."""
    log = log_of(night_of_two(), "live")
    wrong, broken = log[6], log[1]
    event = decode_event(wrong.value or b"").model_copy(update={"mode": "rehearsal"})
    wrong.value = event.model_dump_json(exclude_none=True).encode()
    log[7].value = b"no JSON"
    broken.is_broken = True
    live = count_log(log, PARTITIONS)

    again = count_log(rehearsed(log), PARTITIONS)

    assert (live.broken, live.not_counted) == (again.broken, again.not_counted)
    assert live.not_counted >= 3
    assert alerts(again) == alerts(live)
    ward = live.councils[COUNCIL].wards["local.barsetshire.ash.2026-05-07"]
    assert ward.declared is None


def test_an_election_is_shown_as_the_log_has_it() -> None:
    """Its totals, its wards and all its alerts, at the time of the last thing that changed it."""
    log = log_of(night_of_two(), "live")
    counted = count_log(log, PARTITIONS)

    (state,) = election_states(counted)

    council = state.councils[COUNCIL]
    assert council.totals == council_totals(counted.councils[COUNCIL])
    assert len(council.wards) == 3
    assert council.alerts == [alert for _, alert in counted.alerts]
    assert [data for _, data in state.alert_entries] == council.alerts_json
    assert state.at == f"{log[-1].timestamp}-0"
