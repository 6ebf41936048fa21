from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from prometheus_client import CollectorRegistry, Gauge

from services.engine.watchdog import StallDetector, Watched, lag


def test_waiting_without_counting_is_a_stall() -> None:
    """With declarations waiting, the time since the last one counted is the stall."""
    stalls = StallDetector(0.0)

    assert stalls.stalled_s({0: 10}, {0: 5}, 1.0) == 0.0
    assert stalls.stalled_s({0: 12}, {0: 5}, 9.0) == 8.0
    assert stalls.stalled_s({0: 12}, {0: 6}, 10.0) == 0.0


def test_an_idle_night_is_no_stall() -> None:
    """With nothing waiting, hours without a declaration are as they should be."""
    stalls = StallDetector(0.0)

    assert stalls.stalled_s({0: 5}, {0: 5}, 1.0) == 0.0
    assert stalls.stalled_s({0: 5}, {0: 5}, 9_000.0) == 0.0
    assert stalls.stalled_s({0: 6}, {0: 5}, 9_001.0) == 1.0


def test_a_rebuild_is_no_stall() -> None:
    """What moves no position, but takes its time, starts the waiting anew."""
    stalls = StallDetector(0.0)
    stalls.stalled_s({0: 10}, {0: 5}, 1.0)
    stalls.reset(20.0)

    assert stalls.stalled_s({0: 10}, {0: 5}, 25.0) == 5.0


def test_a_rebalance_that_does_not_end_is_told_from_several_short_ones() -> None:
    """Each rebalance has a number; only while it stays the same one does the time add up."""
    stalls = StallDetector(0.0)

    assert stalls.rebalancing_s(1, 10.0) == 0.0
    assert stalls.rebalancing_s(1, 40.0) == 30.0
    assert stalls.rebalancing_s(2, 45.0) == 0.0
    assert stalls.rebalancing_s(None, 50.0) == 0.0
    assert stalls.rebalancing_s(2, 60.0) == 0.0


def test_a_rebalance_without_kafka_is_no_stall() -> None:
    """While no broker answers no rebalance can end, and a restart would not help."""
    stalls = StallDetector(0.0)
    stalls.rebalancing_s(1, 10.0)
    stalls.reset(60.0)

    assert stalls.rebalancing_s(1, 65.0) == 0.0


def test_the_lag_counts_what_waits_in_every_partition() -> None:
    """Lag is the sum over partitions; one that Redis knows nothing of counts in full."""
    assert lag({0: 10, 1: 4, 2: 3}, {0: 7, 1: 4}) == 6


def test_the_lag_of_a_partition_that_is_another_workers_now_is_not_said_any_more() -> None:
    """Otherwise the sum over all workers would count it twice."""
    registry = CollectorRegistry()
    whole = Gauge("lag", "All.", registry=registry)
    parts = Gauge("partition_lag", "Each.", ["partition"], registry=registry)
    nothing: Any = SimpleNamespace()
    watched = Watched("declarations", nothing, nothing, whole, parts)

    watched.measure({0: 10, 1: 5}, {0: 7, 1: 5})
    assert registry.get_sample_value("lag") == 3
    assert registry.get_sample_value("partition_lag", {"partition": "0"}) == 3
    assert registry.get_sample_value("partition_lag", {"partition": "1"}) == 0

    watched.measure({1: 9}, {1: 5})
    assert registry.get_sample_value("lag") == 4
    assert registry.get_sample_value("partition_lag", {"partition": "0"}) is None
    assert registry.get_sample_value("partition_lag", {"partition": "1"}) == 4
