from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas.events import decode_event
from services.archive.record import ArchivedRecord
from services.cli import app
from services.rehearsal.archived import recorded_schedule, rehearsal_of
from tests.support.archived import log_of
from tests.support.night_of_two import night_of_two

HOUR_MS = 3_600_000


def at(*times_ms: int) -> list[ArchivedRecord]:
    """Returns records that Kafka took at these times."""
    log = log_of(night_of_two(), "live")
    return [replace(record, timestamp=ms) for record, ms in zip(log, times_ms, strict=False)]


def seconds(records: list[ArchivedRecord], speed: float) -> list[float]:
    return [each.at_s for each in recorded_schedule(records, speed)]


def test_a_record_is_sent_as_long_after_the_one_before_as_it_came() -> None:
    """Divided by the speed."""
    records = at(0, 30_000, 30_000, 90_000)

    assert seconds(records, 1) == [0, 30, 30, 90]
    assert seconds(records, 60) == [0, 0.5, 0.5, 1.5]
    assert seconds(records, math.inf) == [0, 0, 0, 0]


def test_the_weeks_between_openings_and_the_night_cause_no_wait() -> None:
    """Nor does a clock that goes back."""
    records = at(0, 500 * HOUR_MS, 500 * HOUR_MS + 1_000, 499 * HOUR_MS, 499 * HOUR_MS + 2_000)

    assert seconds(records, 1) == [0, 0, 1, 1, 3]


def test_only_the_mode_of_a_live_record_changes() -> None:
    """Key, headers, time and place stay, and whatever else the event says."""
    for record in log_of(night_of_two(), "live"):
        made = rehearsal_of(record)

        assert replace(made, value=record.value) == record
        event = decode_event(made.value or b"")
        assert event.mode == "rehearsal"
        assert event.model_copy(update={"mode": "live"}) == decode_event(record.value or b"")


@pytest.mark.parametrize("value", [None, b"", b"\xff", b"{}", b'{"mode": "live"}'])
def test_a_record_without_an_event_stays_as_it_is(value: bytes | None) -> None:
    """So that it is set aside again."""
    (record, *_) = log_of(night_of_two(), "live")
    record.value = value

    assert rehearsal_of(record) == record


@pytest.mark.parametrize("more", [["--order", "shuffled"], ["--duplicates", "0.5"]])
def test_an_archive_is_played_in_its_own_order(more: list[str], tmp_path: Path) -> None:
    """Other orders are for the nights of `nights/`."""
    ran = CliRunner().invoke(app, ["replay", str(tmp_path), *more])

    assert ran.exit_code == 2
    assert "sent as recorded" in ran.output


def test_a_folder_that_is_no_archive_is_not_played(tmp_path: Path) -> None:
    """Before anything is asked of Kafka."""
    ran = CliRunner().invoke(app, ["replay", str(tmp_path)])

    assert ran.exit_code == 2
    assert "manifest.json" in ran.output


def test_an_archive_is_not_written_over_what_is_there(tmp_path: Path) -> None:
    """Before anything is asked of Kafka."""
    ran = CliRunner().invoke(app, ["archive", "--out", str(tmp_path)])

    assert ran.exit_code == 2
    assert "is there already" in ran.output
    assert list(tmp_path.iterdir()) == []
