"""Which ends of processes count as caused by what they were sent."""

from __future__ import annotations

import pytest

from tests.chaos.endings import Ending


@pytest.mark.parametrize(
    ("name", "status", "last"),
    [
        ("aggregator-1", -9, ""),
        ("aggregator-1", 0, ""),
        ("aggregator-1", -15, ""),
        ("aggregator-1", 69, "Redis failed for 4 s"),
        ("nation-1", 75, "another worker counts partitions {3}"),
        ("intake", -9, ""),
        ("intake", 1, "Kafka cannot be reached: KafkaConnectionError: Unable to bootstrap"),
    ],
)
def test_an_end_that_a_fault_explains_is_nobodys(name: str, status: int, last: str) -> None:
    """Killed, asked to end, or without Redis or Kafka."""
    assert not Ending(name, status, last).is_by_a_message


@pytest.mark.parametrize(
    ("name", "status", "last"),
    [
        ("aggregator-1", 65, "too many rejects"),
        ("aggregator-1", 70, "Alert proof.0: String should have at most 1000 characters"),
        ("aggregator-1", -11, ""),
        ("notifier", 1, "OverflowError: date value out of range"),
        ("notifier", -15, ""),
        ("ticker", 0, "Shutting down"),
        ("ticker", 3, "Application startup failed. Exiting."),
    ],
)
def test_any_other_end_was_caused_by_a_message(name: str, status: int, last: str) -> None:
    """An error, a crash, or a ticker that ends itself."""
    assert Ending(name, status, last).is_by_a_message
