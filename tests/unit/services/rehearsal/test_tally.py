import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from readers.night import NIGHTS
from services.rehearsal.tally import tally
from tests.support.night_writer import Files, candidate

COUNCIL_FIELDS = {
    "council",
    "council_gss",
    "name",
    "seats_total",
    "majority",
    "seats",
    "seats_declared",
    "wards_declared",
    "wards_total",
    "control_before",
    "control",
    "outcome",
    "incumbent_out",
    "settled_at",
    "votes_to_flip",
}
ALERT_FIELDS = {
    "id",
    "kind",
    "action",
    "council",
    "council_gss",
    "control",
    "outcome",
    "change",
    "from",
    "to",
    "cause",
    "cause_revision",
    "seq",
    "retracts",
    "text",
}


def run(paths: dict[str, Path], *options: str) -> Result:
    app = typer.Typer()
    app.command()(tally)
    named = [part for name, path in paths.items() for part in (f"--{name}", str(path))]
    return CliRunner().invoke(app, [*named, *options])


def shipped(night: str) -> dict[str, Path]:
    return {name: NIGHTS / night / f"{name}.csv" for name in ("councils", "standing", "results")}


@pytest.fixture
def files(tmp_path: Path) -> Files:
    found = Files(tmp_path)
    found.councils = ["2014-05-22,Barnet,E09000003,all-out,2,PP53,0"]
    found.results = [
        candidate("Hale", "Ann", "PP52", 10),
        candidate("Hale", "Bob", "joint-party:53-119", 9, party="Labour and Co-operative Party"),
        candidate("Mill Hill", "Cid", "PP53", 10),
        candidate("Mill Hill", "Dot", "PP52", 9),
    ]
    return found


def test_barnet_2014_is_held_at_childs_hill() -> None:
    """The report has the totals and the alert that a reporter had at 05.10."""
    result = run(shipped("barnet-2014"), "--json")

    report = json.loads(result.stdout)
    (barnet,) = report["councils"]
    assert result.exit_code == 0
    assert barnet["seats"] == {"PP52": 32, "PP53": 30, "PP90": 1}
    assert (barnet["control"], barnet["outcome"]) == ("PP52", "hold")
    assert barnet["settled_at"] == "local.barnet.childs-hill.2014-05-22"
    assert barnet["votes_to_flip"] == 38
    control = [alert for alert in report["alerts"] if alert["kind"] == "control"]
    assert [alert["cause"] for alert in control] == ["local.barnet.childs-hill.2014-05-22"]
    assert "CON HOLD Barnet" in control[0]["text"]


def test_the_fields_that_newsrooms_rely_on_are_there() -> None:
    """Fields may be added, never renamed; parties without seats are left out."""
    report = json.loads(run(shipped("barnet-2014"), "--json").stdout)

    assert set(report) == {"councils", "alerts"}
    assert set(report["councils"][0]) >= COUNCIL_FIELDS
    assert set(report["alerts"][0]) >= ALERT_FIELDS
    assert 0 not in report["councils"][0]["seats"].values()


def test_labour_and_cooperative_seats_are_labours(files: Files) -> None:
    """Joint candidates are counted under Labour's id."""
    files.results[1] = files.results[1].replace(",9,", ",11,")

    (barnet,) = json.loads(run(files.paths(), "--json").stdout)["councils"]

    assert barnet["seats"] == {"PP53": 2}


def test_an_event_file_has_seqs_and_corrections(files: Files) -> None:
    """A correction that undoes control withdraws the alert and raises the new one."""
    files.results = [row.replace(",10,", ",,").replace(",9,", ",,") for row in files.results]

    def message(seq: int, ward: str, winner: str, party: str, revision: int = 1) -> dict[str, Any]:
        return {
            "seq": seq,
            "id": str(seq),
            "type": "declaration",
            "council_gss": "E09000003",
            "council": "Barnet",
            "ward_gss": "",
            "ward": ward,
            "revision": revision,
            "seats": 1,
            "candidates": [
                {"candidate": winner, "party_id": party, "votes": 2, "elected": 1},
            ],
        }

    files.events = [
        message(1, "Hale", "Bob", "PP53"),
        message(2, "Mill Hill", "Cid", "PP53"),
        message(3, "Hale", "Ann", "PP52", revision=2),
    ]

    alerts = json.loads(run(files.paths(), "--json").stdout)["alerts"]

    control = [alert for alert in alerts if alert["kind"] == "control"]
    assert [
        (each["action"], each["seq"], each["control"], each["outcome"]) for each in control
    ] == [
        ("raise", 2, "PP53", "hold"),
        ("retract", 3, "PP53", "hold"),
        ("raise", 3, "NOC", "loss_to_noc"),
    ]
    assert control[1]["retracts"] == control[0]["id"]
    assert (control[2]["from"], control[2]["to"]) == ("PP53", "NOC")


def test_people_get_a_table_and_the_alerts() -> None:
    """Without --json the councils are a table and each alert is a line."""
    result = run(shipped("barnet-2014"))

    assert result.exit_code == 0
    assert "CON HOLD Barnet" in result.stdout


def test_faults_end_with_status_2_and_nothing_counted(files: Files) -> None:
    """Each fault is a line on standard error."""
    files.results.append(candidate("Hale", "Eve", "PP52", "many"))

    result = run(files.paths(), "--json")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"{files.directory}/results.csv:6: votes: 'many' is no whole")


def test_warnings_go_to_standard_error_and_are_counted(files: Files) -> None:
    """A warning does not change the result."""
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,3,PP53,0"]

    result = run(files.paths(), "--json")

    assert result.exit_code == 0
    assert "councils.csv:2: warning: seats_total: '3' seats, of which 2 are up" in result.stderr
    assert json.loads(result.stdout)["councils"][0]["control"] is None


def test_unusable_arguments_end_with_status_2() -> None:
    """The command line itself reports a missing option."""
    assert run({"councils": Path("councils.csv")}).exit_code == 2


def test_an_event_that_contradicts_the_others_ends_with_status_1(files: Files) -> None:
    """What could not be counted is named, and the rest is printed."""
    files.events = [
        {
            "seq": 1,
            "id": "1",
            "type": "declaration",
            "council_gss": "E09000003",
            "ward": "Hale",
            "revision": 1,
            "seats": 5,
            "candidates": [{"candidate": "Ann", "party_id": "PP52", "votes": 1, "elected": 1}],
        }
    ]

    result = run(files.paths(), "--json")

    assert result.exit_code == 1
    assert "not counted: local.barnet.2014-05-22: seats_contested: 5" in result.stderr
    assert json.loads(result.stdout)["councils"][0]["wards_declared"] == 0


def test_it_starts_without_kafka_and_redis() -> None:
    """Their clients take longer to import than a small night takes to count."""
    heavy = {"aiokafka", "faust", "redis", "fastapi", "httpx"}
    script = f"import sys, services.rehearsal.tally; sys.exit(bool({heavy!r} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
