"""The soak's load can go on without end, and its report says what grew."""

from __future__ import annotations

import math

import pytest

from benchmarks.soak_load import LongNights
from benchmarks.soak_report import grown, markdown, trends
from benchmarks.soak_samples import Sample
from election.council import Council
from election.fold import apply
from election.snapshot import dump
from election.totals import council_totals
from schemas.ward import WardDeclared

COUNCILS = 4


def counted(nights: LongNights, number: int) -> tuple[dict[str, Council], list[int]]:
    """Returns the councils after so many nights, and how many alerts each night made."""
    councils: dict[str, Council] = {}
    alerts = []
    for event in nights.openings():
        councils[event.council], _ = apply(event, None)
    for night in range(1, number + 1):
        alerts.append(0)
        for event in nights.night(night):
            councils[event.council], effects = apply(event, councils[event.council])
            alerts[-1] += len(effects.alerts)
    return councils, alerts


def samples(values: list[float], name: str) -> list[Sample]:
    """Returns a sample a minute."""
    return [{"elapsed_s": 60.0 * number, name: value} for number, value in enumerate(values)]


def verdicts(values: list[float], name: str = "ticker memory_bytes") -> list[str]:
    """Returns what grew, of one figure."""
    return grown(trends(samples(values, name)))


def test_each_night_declares_every_ward_anew() -> None:
    """A night's results have the night's number as their revision, and no ward is left out."""
    nights = LongNights.of(COUNCILS)
    results = [each for each in nights.night(7) if isinstance(each, WardDeclared)]

    assert {each.revision for each in results} == {7}
    assert len({each.ballot_paper_id for each in results}) == 2 * 22 + 2 * 21


def test_councils_stay_as_large_as_after_their_first_correction() -> None:
    """However many nights follow, no council takes more room."""
    nights = LongNights.of(COUNCILS)
    sizes = [sum(len(dump(each)) for each in counted(nights, n)[0].values()) for n in (2, 8)]

    assert sizes[1] <= sizes[0] * 1.02


def test_each_night_makes_about_as_many_alerts_as_the_last() -> None:
    """Control changes hands every night in the councils in the balance."""
    _, alerts = counted(LongNights.of(COUNCILS), 6)

    assert all(each > 0 for each in alerts)
    assert max(alerts[2:]) <= 2 * min(alerts[2:])


def test_every_council_can_be_shown() -> None:
    """The load is one that counts: each council has totals with all its wards declared."""
    councils, _ = counted(LongNights.of(COUNCILS), 1)
    found = [council_totals(each) for each in councils.values()]

    assert all(each is not None and each.wards_declared == each.wards_total for each in found)


def test_what_grows_in_the_first_half_only_is_flat() -> None:
    """Caches fill at the beginning."""
    assert verdicts([10.0, 50.0, 90.0, 100.0, 101.0, 100.0, 101.0, 100.0]) == []


def test_what_grows_in_the_second_half_is_named() -> None:
    """More than five percent is growth."""
    assert verdicts([100.0, 100.0, 100.0, 100.0, 102.0, 104.0, 106.0, 108.0]) == [
        "ticker memory_bytes"
    ]


def test_what_shrinks_is_flat() -> None:
    """Memory that is given back is no leak."""
    assert verdicts([100.0, 100.0, 100.0, 100.0, 90.0, 80.0, 70.0, 60.0]) == []


def test_a_file_that_happens_to_be_open_is_no_growth() -> None:
    """One file more of twenty is five percent, and nothing."""
    assert verdicts([20.0, 20.0, 20.0, 20.0, 20.0, 21.0, 21.0, 22.0], "intake files") == []


def test_the_log_grows_by_design() -> None:
    """What is kept for ever is told apart, topic by topic."""
    values = [float(each) for each in range(1, 9)]

    assert verdicts(values, "kafka log_bytes") == []
    assert verdicts(values, "kafka log_bytes of declarations") == []


def test_the_slope_is_an_hours_worth() -> None:
    """A figure that grows by one a minute grows by sixty an hour."""
    (trend,) = trends(samples([float(each) for each in range(100, 108)], "redis keys"))

    assert math.isclose(trend.per_hour, 60.0)
    assert (trend.first, trend.second) == (101.5, 105.5)


def test_too_few_samples_are_refused() -> None:
    """No line goes through one point."""
    with pytest.raises(ValueError, match="redis keys: 1 samples"):
        trends(samples([1.0, 2.0], "redis keys"))


def test_the_report_names_what_grew() -> None:
    """It is the first thing that one looks for."""
    result = {
        "hours": 24.0,
        "speed": 10.0,
        "seconds": 8_640.0,
        "began": "2026-05-07 22:00",
        "commit": "abc",
        "load_before": 0.5,
        "load_after": 1.5,
        "councils": 400,
        "readers": 50,
        "rate_per_s": 3.3,
        "planned_per_s": 3.3,
        "declared": 1_000,
        "refused": 0,
        "webhooks": 7,
        "machine": {"processor": "a processor", "cores": 2, "python": "3.11.7"},
        "visits": {"streams": 1, "resumed": 0, "events": 9, "answers": 3, "failed": 0},
        "verify": "0 differences",
    }
    text = markdown(result, samples([1.0, 1.0, 1.0, 2.0, 3.0, 4.0], "redis keys"))

    assert "Not flat: redis keys." in text
    assert "| redis keys | 1 | 3 | +60 |" in text
