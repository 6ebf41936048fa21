"""What the audit prints for people."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.audit.printing import print_lines, print_provenance
from services.audit.provenance import Entry, Provenance
from tests.support.notifier_receivers import an_alert
from tests.support.polls import folded, opened, ward, won

HOSTILE = "X\nCON GAIN\x1b]0;t\x07\u202e"
SHOWN = r"X\nCON GAIN\x1b]0;t\x07\u202e"


def test_what_others_have_written_controls_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Names, sources and texts of old logs are printed on their own line, escapes shown."""
    alert = an_alert().model_copy(update={"text": HOSTILE})
    at = datetime(2026, 5, 8, 1, tzinfo=UTC)
    fields = ("ward.declared", HOSTILE, 1, "rejected", HOSTILE, 0, 1, at, at)
    entry = Entry(*fields, detail=f"name: {HOSTILE}", alerts=(alert,))  # type: ignore[arg-type]
    council = folded(opened(ward("ash")), won("ash", "PP53"))

    print_provenance(Provenance(HOSTILE, council, (entry,)))

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == SHOWN
    assert f"    alert {alert.id}: {SHOWN}" in lines
    assert any(f"{SHOWN} revision 1 rejected; {SHOWN};" in line for line in lines)
    assert not any(line.startswith("CON GAIN") for line in lines)
    assert not any(letter < " " or letter == "\u202e" for line in lines for letter in line)


def test_what_is_parked_is_said_to_be_kept_and_not_to_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With the reason below it."""
    at = datetime(2026, 5, 8, 1, tzinfo=UTC)
    fields = ("ward.declared", "local.barsetshire.elm.2026-05-07", 1, "parked", "a", 0, 1, at, at)
    entry = Entry(*fields, detail="ballot_paper_id: none of the ballots", alerts=())  # type: ignore[arg-type]
    print_provenance(Provenance("local.barsetshire.2026-05-07", None, (entry,)))

    lines = capsys.readouterr().out.splitlines()
    assert "elm.2026-05-07 revision 1 kept, does not count; a;" in lines[1]
    assert lines[2] == "    ballot_paper_id: none of the ballots"


def test_our_own_line_feeds_stay(capsys: pytest.CaptureFixture[str]) -> None:
    """A text of several lines is printed as several lines."""
    print_lines("reason: key\nkey: \x1b[2J")

    assert capsys.readouterr().out == "reason: key\nkey: \\x1b[2J\n"
