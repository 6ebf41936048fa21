"""A worker's name in its group, and whether another has it too."""

from __future__ import annotations

import socket

import pytest

from services.platform.errors import SharedNameError
from services.platform.membership import (
    JOINS_MAX,
    JOINS_WINDOW_S,
    OLD_JOINS_MAX,
    RepeatedJoins,
    member_name,
)
from services.platform.settings import Settings


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def joins(*given: set[int], every_s: float = 2.0) -> None:
    """Joins with each of the given partitions, one join every so many seconds."""
    clock = Clock()
    repeated = RepeatedJoins("barnet", clock)
    for partitions in given:
        repeated.joined(partitions)
        clock.now_s += every_s


def test_the_same_partitions_again_and_again_are_another_workers_doing() -> None:
    """The error names the worker and the setting."""
    with pytest.raises(SharedNameError, match=r"'barnet'.*LIVECOUNT_WORKER_ID"):
        joins(*[{1, 2}] * JOINS_MAX)


def test_of_two_with_one_name_the_newer_ends() -> None:
    """The one that has counted all night stays, although the last join took its membership."""
    clock = Clock()
    old, new = RepeatedJoins("barnet", clock), RepeatedJoins("barnet", clock)
    old.joined({1, 2})
    clock.now_s += 3_600.0
    for _ in range(JOINS_MAX - 1):
        new.joined({1, 2})
        clock.now_s += 1.0
        old.joined({1, 2})
        clock.now_s += 1.0
    with pytest.raises(SharedNameError):
        new.joined({1, 2})
    clock.now_s += 1.0
    old.joined({1, 2})


def test_a_worker_whose_name_goes_on_being_taken_ends_however_old() -> None:
    """The other one may be of a version that never ends."""
    clock = Clock()
    old = RepeatedJoins("barnet", clock)
    old.joined({1, 2})
    clock.now_s += 3_600.0
    for _ in range(OLD_JOINS_MAX - 1):
        old.joined({1, 2})
        clock.now_s += 2.0
    with pytest.raises(SharedNameError):
        old.joined({1, 2})


def test_fewer_or_slower_joins_are_in_order() -> None:
    """A broker that restarts, or a rebalance now and then, ends no worker."""
    joins(*[{1, 2}] * (JOINS_MAX - 1))
    joins(*[{1, 2}] * (3 * JOINS_MAX), every_s=JOINS_WINDOW_S / (JOINS_MAX - 2))


def test_workers_that_come_one_after_the_other_change_the_partitions() -> None:
    """Each of many rebalances may be quick, as long as it brings something else, or nothing."""
    joins(*[{number, number + 1} for number in range(3 * JOINS_MAX)])
    joins(*[set()] * (3 * JOINS_MAX))


def test_without_a_name_it_is_the_machines() -> None:
    """The setting comes first; a machine's name is made of what the setting may have."""
    assert member_name(Settings(worker_id="7")) == "7"
    assert member_name(Settings()) == socket.gethostname().replace(".", "-")[:60]
