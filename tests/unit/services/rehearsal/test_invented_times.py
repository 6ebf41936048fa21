from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime
from random import Random

import pytest
from typer.testing import CliRunner

from readers.night import load_night
from schemas.events import Event, decode_event, encode_event, stated_time
from schemas.uk_time import UK_TIME
from services.cli import app
from services.rehearsal.commands import timed_declarations
from services.rehearsal.invented_times import MARK, states_no_time, with_invented_times
from services.rehearsal.schedule import schedule
from tests.support.ticking import declared

ENGLAND = load_night("england-2021")
TIMED = with_invented_times(ENGLAND.declarations, Random(1))


def time_of(event: Event) -> datetime:
    """Returns when an event says that it happened; fails if it does not say."""
    at = stated_time(event)
    assert at is not None
    return at


def test_a_night_without_times_takes_minutes_at_speed_60() -> None:
    """So that a newsroom can rehearse the only full-scale night at a human pace."""
    before = schedule(ENGLAND.openings, ENGLAND.declarations, ENGLAND.declarations, 60)
    after = schedule(ENGLAND.openings, TIMED, TIMED, 60)

    assert before[-1].at_s == 0
    assert 5 * 60 < after[-1].at_s < 8 * 60
    assert len(after) == len(before)


def test_every_declaration_is_made_in_the_night_of_its_poll() -> None:
    """Between 22.30 and 06.00 in UK time, in the order of the night."""
    times = [time_of(event) for event in TIMED]

    assert times == sorted(times)
    assert times[0] >= datetime(2021, 5, 6, 22, 30, tzinfo=UK_TIME)
    assert times[-1] <= datetime(2021, 5, 7, 6, 0, tzinfo=UK_TIME)


def test_a_council_declares_its_wards_together_and_in_their_order() -> None:
    """No council takes longer than three hours, and none is told in another order than before."""
    wards: dict[str, list[Event]] = defaultdict(list)
    for event in TIMED:
        wards[event.council].append(event)
    recorded: dict[str, list[str]] = defaultdict(list)
    for event in ENGLAND.declarations:
        recorded[event.council].append(getattr(event, "ballot_paper_id", ""))

    for council, events in wards.items():
        assert (time_of(events[-1]) - time_of(events[0])).total_seconds() <= 3 * 3_600
        assert [getattr(event, "ballot_paper_id", "") for event in events] == recorded[council]


def test_the_same_seed_gives_the_same_times() -> None:
    """And another seed others."""
    assert with_invented_times(ENGLAND.declarations, Random(1)) == TIMED
    assert with_invented_times(ENGLAND.declarations, Random(2)) != TIMED


def test_only_times_and_sources_are_invented() -> None:
    """Every source says that the time is; what is sent can be read again."""
    (told,) = with_invented_times([declared("Ash", "PP52")], Random(1))

    assert decode_event(encode_event(told)) == told
    assert told.source == f"returning officer, {MARK}"  # type: ignore[union-attr]
    assert told.model_copy(update={"declared_at": None, "source": "returning officer"}) == declared(
        "Ash", "PP52"
    )


def test_a_night_that_has_times_keeps_them() -> None:
    """Barnet states when its wards declared."""
    assert not states_no_time(load_night("barnet-2014").declarations)
    assert states_no_time(ENGLAND.declarations)


@pytest.mark.parametrize("speed", [60.0, math.inf])
def test_who_replays_is_told_that_times_are_invented(
    speed: float, capsys: pytest.CaptureFixture[str]
) -> None:
    """At a finite speed; at the speed max nothing is invented."""
    told = timed_declarations(ENGLAND.declarations, speed)
    warned = "invented" in capsys.readouterr().err

    assert warned == math.isfinite(speed)
    assert states_no_time(told) == math.isinf(speed)


def test_the_command_says_so() -> None:
    """Its help names what happens to a night without times."""
    shown = CliRunner().invoke(app, ["replay", "--help"], env={"COLUMNS": "200"}).output

    assert "invented" in shown
