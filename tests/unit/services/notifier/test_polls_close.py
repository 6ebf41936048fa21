"""What is told to nobody before the polls close."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.notifier.polls_close import held_until
from tests.support.notices import notice


@pytest.mark.parametrize(
    ("council", "close"),
    [
        ("local.barnet.2014-05-22", datetime(2014, 5, 22, 21, 0, tzinfo=UTC)),
        ("local.barnet.2026-01-29", datetime(2026, 1, 29, 22, 0, tzinfo=UTC)),
    ],
    ids=["summer time", "winter time"],
)
def test_the_polls_close_at_ten_in_london(council: str, close: datetime) -> None:
    """On the day in the council's id."""
    assert held_until(notice(council=council)) == close


@pytest.mark.parametrize("kind", ["control", "incumbent_out", "result", "decider"])
def test_what_speaks_of_control_is_held(kind: str) -> None:
    """Whatever caused it: no result is in before the close."""
    assert held_until(notice(kind=kind)) is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "postponed"},
        {"kind": "rejected", "council": ""},
        {"mode": "rehearsal"},
        {"doubt": "mode"},
    ],
    ids=str,
)
def test_nothing_else_is_held(fields: dict[str, str]) -> None:
    """A countermanded poll is news at once; a rehearsal and a doubt are withheld elsewhere."""
    assert held_until(notice(**fields)) is None


@pytest.mark.parametrize("kind", ["milestone", "night"])
def test_what_is_of_the_whole_night_is_held(kind: str) -> None:
    """Until the polls of the night's election close."""
    said = notice(kind=kind, council="", election="local.2014-05-22")

    assert held_until(said) == datetime(2014, 5, 22, 21, 0, tzinfo=UTC)
