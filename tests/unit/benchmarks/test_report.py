"""The tables of a full run, from made-up results: no figure here was measured."""

from __future__ import annotations

from typing import Any

from benchmarks.report_latency import latency
from benchmarks.report_workers import workers


def run(**figures: Any) -> dict[str, Any]:
    """Returns what a run of throughput leaves behind, as far as the tables ask for it."""
    return {
        "engine": "livecount",
        "declarations": 24_000,
        "workers": 1,
        "declarations_per_s": 2_000.0,
        "cpu_s_per_1000": 0.4,
        "kafka_cpu_s_per_1000": 0.06,
        "redis_cpu_s_per_1000": 0.04,
        "memory_peak_bytes": 200 * 2**20,
        "fault": None,
    } | figures


def rows(parts: list[str]) -> list[list[str]]:
    """Returns the rows of all tables, their heads included."""
    lines = [line for part in parts for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def onward(**further: Any) -> list[str]:
    """Returns how the page tells of one run through the whole chain."""
    places = {
        "webhook": {"arrived": 100.0, "p50_ms": 11.93, "p99_ms": 53.55},
        "number in a browser page": {"arrived": 99.0, "p50_ms": 39.5, "p99_ms": 135.64},
        "that number painted": {"arrived": 0.0},
    }
    found = {"rate_per_s": 5, "declarations": 100, "places": places, **further}
    return list(latency({"latency": [], "onward": found}))


def test_a_browser_page_stands_beside_the_webhook() -> None:
    """Each place has its row; one where nothing arrived has no figure; the browser is named."""
    parts = onward(browser="Chromium 150.0", councils=160)

    assert ["webhook", "100", "11.9", "53.5"] in rows(parts)
    assert ["number in a browser page", "99", "39.5", "135.6"] in rows(parts)
    assert ["that number painted", "0", "–", "–"] in rows(parts)
    assert "160 councils, in Chromium 150.0" in parts[0]


def test_results_from_before_there_was_a_browser_can_still_be_reported() -> None:
    """They have their rows, and nothing is said of a page."""
    assert "page" not in onward()[0].partition("\n")[0]


def decided(**figures: Any) -> dict[str, Any]:
    """Returns what a run of decisions leaves behind."""
    return {
        "measured": "2026-01-02 03:04",
        "commit": "abc1234",
        "rate_per_s": 10,
        "decisions": 320,
        "arrived": 320.0,
        "councils": 160,
        "load_before": 1.25,
        "at_most_ms": 50.0,
        "p50_ms": 12.0,
        "p99_ms": 40.0,
    } | figures


def test_the_alert_of_a_decision_is_held_against_its_target() -> None:
    """Over the runs in which every alert arrived; others are said."""
    runs = [decided(p99_ms=ms) for ms in (40.0, 60.0, 70.0)] + [decided(arrived=319.0)]
    (part,) = latency({"latency": [], "decided": runs})

    assert ["p50", "50", "12.0", "12.0 to 12.0", "met"] in rows([part])
    assert ["p99", "50", "60.0", "40.0 to 70.0", "not met"] in rows([part])
    assert "All alerts arrived in 3 of 4 runs." in part


def test_the_alert_of_a_milestone_is_held_against_its_target() -> None:
    """Over the runs in which every alert arrived; others are said."""
    made = {"milestones": 180, "arrived": 180.0, "councils": 200, "at_most_ms": 20.0}
    runs = [decided(**made, p99_ms=ms) for ms in (15.0, 18.0, 30.0)]
    (part,) = latency({"latency": [], "milestones": [*runs, decided(**made | {"arrived": 1.0})]})

    assert ["p50", "20", "12.0", "12.0 to 12.0", "met"] in rows([part])
    assert ["p99", "20", "18.0", "15.0 to 30.0", "met"] in rows([part])
    assert "All alerts arrived in 3 of 4 runs." in part


def turn(engine: str, number: int, p50_ms: float, **further: Any) -> dict[str, Any]:
    """Returns what a turn of latency leaves behind."""
    figures = {"p50_ms": p50_ms, "p99_ms": 2 * p50_ms, "rate_per_s": 50, "round": number}
    return {"engine": engine, "fault": None} | figures | further


def test_a_latency_stands_against_the_echo_of_the_same_round() -> None:
    """A slow moment that both met changes no ratio; a round that one missed has none."""
    measured = [
        turn("livecount", 1, 4.0),
        turn("echo", 1, 4.0),
        turn("livecount", 2, 12.0),
        turn("echo", 2, 10.0),
        turn("livecount", 3, 15.0),
        turn("echo", 3, 3.0, fault="2 of 175 alerts did not come"),
    ]
    found = rows(list(latency({"latency": measured})))

    assert ["p50 at 50/s against aiokafka echo, no work", "1.2 ×", "1.10 ×", "met"] in found


def test_more_workers_stand_against_one() -> None:
    """Medians, what came out right, the target for two, and the cores that were used."""
    measured = [
        run(),
        run(declarations_per_s=2_200.0),
        run(workers=2, declarations_per_s=2_520.0),
        run(workers=4, declarations_per_s=3_780.0),
        run(workers=4, fault="alerts topic: 1 councils are wrong: ['local.shire-1']"),
    ]
    parts = list(workers({"workers": measured, "machine": {"cores": 2}}))

    assert rows(parts)[2:] == [
        ["1", "2 of 2", "2,100", "2,000 to 2,200", "", "", "1.1 of 2"],
        ["2", "1 of 1", "2,520", "2,520 to 2,520", "1.2 ×", "not met", "1.3 of 2"],
        ["4", "1 of 2", "3,780", "3,780 to 3,780", "1.8 ×", "", "1.9 of 2"],
    ]
    assert "counted by 1, 2 and 4 workers" in parts[1]
    assert "already used 1.1 of them" in parts[1]
    assert "full at 1.9 × its rate" in parts[1]
    assert "- livecount, 4 workers: alerts topic: 1 councils are wrong" in parts[3]


def test_without_a_right_run_there_is_no_ratio() -> None:
    """A page with no figure is better than one with a wrong figure."""
    measured = [run(fault="redis: 1 councils are wrong"), run(workers=2)]
    parts = list(workers({"workers": measured, "machine": {"cores": 2}}))

    assert rows(parts)[2:] == [
        ["1", "0 of 1", "–", "–", "", "", "–"],
        ["2", "1 of 1", "2,000", "2,000 to 2,000", "", "", "1.0 of 2"],
    ]
    assert "already used" not in parts[1]
