"""Files as newsrooms have them, each with what should come of it. Names in them are invented."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from services.rehearsal.tally import tally

CASES = Path(__file__).parent / "newsroom_files"


def counted(case: str, *options: str) -> tuple[int, str, list[dict[str, Any]], list[str]]:
    """Returns exit status, standard error, councils, and the texts of alerts about control."""
    app = typer.Typer()
    app.command()(tally)
    names = ("councils", "standing", "results")
    paths = [part for name in names for part in (f"--{name}", str(CASES / case / f"{name}.csv"))]
    result = CliRunner().invoke(app, [*paths, "--json", *options])
    if result.exit_code:
        return result.exit_code, result.stderr, [], []
    report = json.loads(result.stdout)
    texts = [each["text"] for each in report["alerts"] if each["kind"] != "decider"]
    return 0, result.stderr, report["councils"], texts


@pytest.mark.parametrize(
    ("case", "outcome", "seats"),
    [
        ("01-dc-independent-id", "noc_hold", {"ynmp-party:2": 3, "PP53": 2}),
        ("02-short-label-gains-from-itself", "hold", {"PP52": 3, "PP53": 2}),
        ("04-ballot-paper-descriptions", "hold", {"PP52": 3, "PP53": 2}),
        ("06-party-id-dc-legacy", "hold", {"PP52": 3, "PP53": 2}),
        ("09-independents-ind", "noc_hold", {"ynmp-party:2": 3, "PP53": 2}),
        ("11-independents-blank", "noc_hold", {"ynmp-party:2": 3, "PP53": 2}),
        ("13-stv-stage-one-of-three", "undetermined", {"PP53": 1, "PP102": 2}),
        ("17-half-typed-ward", "undetermined", {"PP53": 2}),
        ("18-dc-whole-night-one-council", "hold", {"PP53": 1}),
        ("28-turnout-as-fraction", "hold", {"PP52": 3, "PP53": 2}),
    ],
)
def test_a_file_of_a_newsroom_comes_out_right(
    case: str, outcome: str, seats: dict[str, int]
) -> None:
    """One party is one party, and a count that is not over calls nothing."""
    status, _, (council,), alerts = counted(case)

    assert status == 0
    assert council["seats"] == seats
    assert council["outcome"] == outcome
    assert [text for text in alerts if " OUT " in text or " GAIN " in text] == []


def test_local_labels_in_any_spelling_are_one_party_each() -> None:
    """Apostrophes, the Welsh for independents, and letters of one character or two."""
    status, errors, councils, alerts = counted("labels")

    assert (status, errors) == (0, "")
    assert [each["outcome"] for each in councils] == ["hold", "noc_hold", "hold"]
    assert [text for text in alerts if " LOSE " in text or " GAIN " in text] == []


def test_a_correction_under_another_spelling_is_of_the_same_ward() -> None:
    """`&` and "and": the ward has one result, and the council five seats up."""
    _, errors, (council,), _ = counted("14-correction-under-other-spelling")

    assert council["seats"] == {"PP52": 7, "PP53": 5}
    assert council["wards_total"] == 2
    assert "revision" not in errors


@pytest.mark.parametrize(
    ("case", "seats", "wards"),
    [
        ("20-dc-candidates-file", {}, (0, 1)),
        ("21-lga-schema", {"PP52": 1}, (1, 1)),
        ("23-semicolons", {"PP52": 1}, (1, 1)),
        ("25-title-line", {"PP52": 1}, (1, 1)),
        ("27-modgov-xml", {"PP52": 1}, (1, 1)),
        ("30-cycle-words", {"PP52": 1}, (1, 1)),
    ],
)
def test_another_shape_of_file_is_read(
    case: str, seats: dict[str, int], wards: tuple[int, int]
) -> None:
    """Other exports, other separators, lines above the header, other words."""
    status, _, (council,), _ = counted(case)

    assert status == 0
    assert council["seats"] == seats
    assert (council["wards_declared"], council["wards_total"]) == wards


def test_rows_of_other_councils_are_left_out_with_one_warning() -> None:
    """A day's export has all councils, and by-elections elsewhere."""
    _, errors, _, _ = counted("18-dc-whole-night-one-council")

    assert errors.count("\n") == 1
    assert "left out (2 times in this file)" in errors


def test_turnout_as_a_fraction_is_one_warning() -> None:
    """0.401 is 40.1%."""
    _, errors, _, _ = counted("28-turnout-as-fraction")

    assert errors.count("\n") == 1
    assert "turnout_pct: '0.401' is a fraction; read as 40.1%" in errors


def test_a_ward_with_a_fault_stops_the_night_unless_told_otherwise() -> None:
    """The fault is named with the option that leaves the ward out; with it, it stays open."""
    status, errors, _, _ = counted("29-one-flag-stops-all")
    assert status == 2
    assert "elected: '0' contradicts the votes" in errors
    assert "note: --leave-out-faulty-wards counts all other wards" in errors

    status, errors, (council,), _ = counted("29-one-flag-stops-all", "--leave-out-faulty-wards")
    assert status == 0
    assert "warning: North is left out: elected: '0' contradicts the votes" in errors
    assert (council["wards_declared"], council["wards_total"]) == (1, 2)
    assert council["seats"] == {"PP52": 3}
