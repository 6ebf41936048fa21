"""What is left to do before the polls close, by what was looked at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from election.council import Council
from readers.night import NIGHT_FILES, Night
from readers.todo_file import Todo
from schemas.events import Event
from services.access.keys_edit import revoke_key
from services.declare.plan import plan
from services.platform.settings import Settings
from services.readiness.checks import (
    Check,
    all_checks,
    channels_check,
    councils_check,
    keys_check,
    nominations_check,
    todo_check,
)
from services.readiness.night_files import NightFiles, read_night_files
from tests.support.keys import added, invited
from tests.support.polls import CON, COUNCIL, LAB, LD, declared, folded, noticed, opened, ward

NORTH, SOUTH = ward("north", 1, {CON: 1, LAB: 1}), ward("south", 1, {CON: 1, LAB: 1})
OPENING = opened(NORTH, SOUTH)
RESULT = declared("north", [(CON, 520), (LAB, 480)])
CHANNELS = '[[channels]]\nname = "desk"\nurl = "{}"\nrehearsal = {}\n'


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of whoever runs the tests, nor those of a stack in a folder above."""
    monkeypatch.chdir(tmp_path)


def settings(**more: object) -> Settings:
    return Settings.model_validate({"namespace": "rehearsal", **more})


def councils(*events: Event, known: Council | None = None) -> Check:
    return councils_check(plan(events, {COUNCIL: known} if known else {}, number=True))


def test_a_council_that_is_not_in_the_log_is_to_be_opened() -> None:
    """By declaring the folder."""
    found, left = councils(OPENING)

    assert found == "0 of 1 councils open as the files say"
    assert left == ("Barsetshire: not opened; livecount declare with the folder opens it",)


def test_a_council_that_is_open_as_the_files_say_leaves_nothing() -> None:
    """Also once results have come."""
    known = folded(OPENING, RESULT)

    assert councils(OPENING, known=known) == ("1 of 1 councils open as the files say", ())


def test_files_that_changed_since_the_opening_are_to_be_declared_again() -> None:
    """Somebody was nominated late."""
    late = opened(ward("north", 1, {CON: 1, LAB: 1, LD: 1}), SOUTH)
    found, left = councils(late, known=folded(OPENING))

    assert found == "0 of 1 councils open as the files say"
    assert left == ("Barsetshire: the files have changed since it was opened; declare them again",)


def test_notices_of_the_files_that_are_not_in_the_log_are_to_be_declared() -> None:
    """How many, of councils that are open."""
    _, left = councils(OPENING, noticed("north", "countermanded"), known=folded(OPENING))

    assert left == ("1 notice of the files not in the log; declare them again",)


def test_what_the_log_would_set_aside_is_said_with_the_reason() -> None:
    """To declare it again would not help."""
    known = folded(OPENING, RESULT)
    _, (left,) = councils(OPENING, noticed("north", "countermanded"), known=known)

    assert left.startswith("North, Barsetshire: contradiction: ")
    assert left.endswith("; correct the files")


def test_wards_without_nominations_are_named_with_their_council() -> None:
    """Anyone can win them."""
    found, left = nominations_check([opened(NORTH, ward("west"))])

    assert found == "1 of 2 wards with nominations"
    assert left == ("West, Barsetshire: nominations are not known",)


def test_what_todo_csv_lists_is_left_to_do() -> None:
    """With its council and its reason, or for all councils."""
    lines = [
        Todo("Otherdale", "", "left out", "seats_total", "its size is not known", "", ""),
        Todo("", "", "not fetched", "", "the roll", "", ""),
    ]

    assert todo_check(lines) == (
        "2 things in todo.csv",
        ("Otherdale: left out: its size is not known", "all: not fetched: the roll"),
    )


def test_keys_of_sources_are_named_and_without_any_one_is_to_be_added(tmp_path: Path) -> None:
    """A key of the desk declares nothing; a revoked or expired one lets nobody in."""
    file = tmp_path / "keys.toml"
    added(file, "desk-1", role="desk")
    found, (left,) = keys_check(settings(keys_file=file))

    assert found == "no keys of sources"
    assert left == f"{file}: no key of a source; add one with access add, or invite stringers"
    added(file, "agency")
    added(file, "ann")
    assert keys_check(settings(keys_file=file)) == ("keys of 2 sources: agency, ann", ())
    revoke_key(file, "ann", datetime(2026, 5, 7, tzinfo=UTC), "Bob")
    assert keys_check(settings(keys_file=file)) == ("keys of 1 source: agency", ())
    invited(file, "bea")
    invited(
        file,
        "carl",
        expires=datetime(2026, 5, 14, tzinfo=UTC),
        added=datetime(2026, 5, 1, tzinfo=UTC),
    )
    assert keys_check(settings(keys_file=file)).found == "keys of 1 source: agency; 1 stringer: bea"


def test_without_a_file_of_keys_the_token_of_intake_is_one_for_all() -> None:
    """Without either, nobody can declare over HTTP."""
    assert keys_check(settings(intake_token="x" * 16)) == ("1 key: the token of intake", ())
    assert keys_check(settings()).left[0].startswith("set LIVECOUNT_KEYS_FILE")


def test_a_fault_in_the_file_of_keys_is_said(tmp_path: Path) -> None:
    """With the file."""
    file = tmp_path / "keys.toml"
    file.write_text("[[keys]]\nid = 1\n", encoding="utf-8")
    found, left = keys_check(settings(keys_file=file))

    assert found == "no keys"
    assert left[0].startswith(f"{file}:2: key 1: ")


@pytest.mark.parametrize(
    ("url", "rehearsal", "found", "left"),
    [
        ("console://", "true", "1 channel: desk", ()),
        ("console://", "false", "0 channels", ("no channel is told of a rehearsal",)),
        ("nothing://", "true", "1 channel: desk", ("channel desk: url: no service of Apprise",)),
    ],
)
def test_channels_are_opened_without_sending_anything(
    tmp_path: Path, url: str, rehearsal: str, found: str, left: tuple[str, ...]
) -> None:
    """What cannot be used is said, and never its address, which may have a secret."""
    file = tmp_path / "channels.toml"
    file.write_text(CHANNELS.format(url, rehearsal), encoding="utf-8")
    check = channels_check(settings(notifier_channels_file=file))

    assert check.found == found
    assert len(check.left) == len(left)
    assert all(part in line for part, line in zip(left, check.left, strict=True))
    assert url == "console://" or url not in str(check)


def test_without_channels_nobody_is_told_of_an_alert(tmp_path: Path) -> None:
    """That is said, as is a file that cannot be read."""
    assert "name a file in LIVECOUNT_NOTIFIER_CHANNELS_FILE" in channels_check(settings()).left[0]
    check = channels_check(settings(notifier_channels_file=tmp_path / "none.toml"))

    assert check.found == "no channels"
    assert "none.toml" in check.left[0]


def test_every_check_is_made_of_files_and_log() -> None:
    """In the order in which a night is made ready."""
    files = NightFiles(Night((OPENING,), (), ()), ())
    checks = all_checks(files, {COUNCIL: folded(OPENING)}, settings(intake_token="x" * 16))

    assert [each.found for each in checks] == [
        "1 of 1 councils open as the files say",
        "2 of 2 wards with nominations",
        "1 key: the token of intake",
        "no channels",
        "0 things in todo.csv",
    ]


def test_the_files_are_read_with_the_newsrooms_labels_as_declaring_reads_them(
    tmp_path: Path,
) -> None:
    """Also with those of the setting, if no file of labels lies beside them."""
    headers = (
        "election_date,council,council_gss,cycle,seats_total,control_before,independents_as_party",
        "council_gss,party_id,party,seats_eve_of_poll,seats_last_election,seats_not_up",
        "election_date,council,council_gss,ward,seats_contested,candidate,party,votes,elected",
    )
    rows = (
        "2026-05-07,Barsetshire,E09000099,all-out,1,,0",
        "",
        "2026-05-07,Barsetshire,E09000099,North,1,Ann Able,Barset Tories,,",
    )
    for name, header, row in zip(NIGHT_FILES, headers, rows, strict=True):
        (tmp_path / name).write_text(f"{header}\n{row}\n", encoding="utf-8")
    labels = tmp_path / "labels.csv"
    labels.write_text("party_id,party,alias\nPP52,,Barset Tories\n", encoding="utf-8")

    files = read_night_files(tmp_path, settings(parties_file=labels))

    (opening,) = files.night.openings
    assert opening.mode == "rehearsal"
    assert [each.party_id for each in opening.wards[0].candidates or ()] == ["PP52"]
    assert files.todo == ()
