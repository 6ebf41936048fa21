"""Garbage is collected when nobody waits, and in the end even if somebody always does."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from services.platform.garbage import DUE_AFTER, OVERDUE_AFTER, QuietCollection


class Cycle:
    """An object that refers to itself, so that only a scan finds that nobody else does."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collection() -> Iterator[QuietCollection]:
    """What collects garbage in this process during a test."""
    before = gc.get_threshold()
    found = QuietCollection()
    found.begin()
    gc.collect()
    yield found
    gc.unfreeze()
    gc.set_threshold(*before)


def old_garbage() -> weakref.ref[Cycle]:
    """Returns a cycle that nobody refers to, and that only a scan of all objects finds."""
    cycle = Cycle()
    # What outlives both younger generations is looked at in a scan of all objects only.
    gc.collect(0)
    gc.collect(1)
    return weakref.ref(cycle)


def age(scans: int) -> None:
    """Makes objects until Python has scanned the middle generation so often since all."""
    kept: list[list[int]] = []
    while gc.get_count()[2] < scans:
        kept.append([])


def test_garbage_is_collected_once_it_is_quiet(collection: QuietCollection) -> None:
    """While an event is on its way to many readers, none of them waits for a scan."""
    garbage = old_garbage()
    age(DUE_AFTER)

    assert not collection.collect_if_due(quiet=False)
    assert garbage() is not None
    assert collection.collect_if_due(quiet=True)
    assert garbage() is None


def test_nothing_is_scanned_while_little_is_new(collection: QuietCollection) -> None:
    """A process that has nothing to do does not look through its memory all the time."""
    garbage = old_garbage()

    assert not collection.collect_if_due(quiet=True)
    assert garbage() is not None


def test_garbage_is_bounded_if_it_is_never_quiet(collection: QuietCollection) -> None:
    """Readers wait for a scan rather than for a process that has run out of memory."""
    garbage = old_garbage()
    age(OVERDUE_AFTER)

    assert collection.collect_if_due(quiet=False)
    assert garbage() is None


def test_python_scans_by_itself_before_it_began() -> None:
    """What only makes a server, as a test does, leaves Python as it is."""
    before = gc.get_threshold()

    assert not QuietCollection().collect_if_due(quiet=True)
    assert gc.get_threshold() == before
