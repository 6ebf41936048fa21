import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from checker.check import check
from tests.certificates.night import certified_night
from tests.certificates.run import KINDS, refusals
from tests.support.checkout import CHECKOUT

CHECKER = CHECKOUT / "checker" / "check.py"
BARNET = certified_night("barnet-2014")
SMALL = [BARNET, certified_night("three-boroughs-2022"), certified_night("councils-2012")]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the checker as a file in an empty folder, where nothing of the project is found."""
    (folder / "check.py").write_bytes(CHECKER.read_bytes())
    command = [sys.executable, "-I", "check.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_checker_is_one_file_that_imports_the_standard_library_only() -> None:
    """Nothing of the project is imported, and it can be read at one sitting."""
    source = CHECKER.read_text(encoding="utf-8")
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add((node.module or "").partition(".")[0])

    assert names <= sys.stdlib_module_names
    assert "importlib" not in names
    assert len(source.splitlines()) <= 300
    code = [
        path.name for path in CHECKER.parent.glob("*.py") if ast.parse(path.read_text()).body[1:]
    ]
    assert code == ["check.py"]


def test_the_checker_runs_by_itself_and_says_where_each_fact_is(tmp_path: Path) -> None:
    """With a log it names the offset of each fact, and that the certificate holds."""
    (tmp_path / "one.json").write_text(json.dumps(BARNET.certificates[0]))
    (tmp_path / "log.jsonl").write_text("\n".join(BARNET.lines))
    (tmp_path / "alerts.jsonl").write_text("\n".join(map(json.dumps, BARNET.alerts.values())))

    said = run(tmp_path, "one.json", "--log", "log.jsonl", "--alerts", "alerts.jsonl")

    assert said.returncode == 0, said.stderr
    lines = said.stdout.splitlines()
    assert lines[0] == "one.json: holds"
    assert lines[1].strip().startswith("Conservative and Unionist Party: 32 of 63 seats at least")
    assert any("childs-hill" in line and "partition 0, offset " in line for line in lines)


def test_a_certificate_that_does_not_hold_is_explained(tmp_path: Path) -> None:
    """Each fault is a line that names the field, what it says and what it should say."""
    wrong = BARNET.certificates[0] | {"majority": 31}
    (tmp_path / "one.json").write_text(json.dumps(wrong))

    said = run(tmp_path, "one.json")

    assert said.returncode == 1
    assert "certificate.majority: it says 31, but should say 32" in said.stdout
    assert "certificate.sha256" in said.stdout


@pytest.mark.parametrize("content", ["", "{", "[1"])
def test_a_file_that_is_no_json_cannot_be_used(tmp_path: Path, content: str) -> None:
    """That is another status than that of a certificate that does not hold."""
    (tmp_path / "one.json").write_text(content)

    said = run(tmp_path, "one.json")

    assert said.returncode == 2
    assert "cannot be used" in said.stderr


@pytest.mark.parametrize("content", [None, [], {}, 1, "x", {"positions": {}}])
def test_json_that_is_no_certificate_does_not_hold(content: object) -> None:
    """Whatever it is, it is refused with a line, and raises nothing."""
    assert check(content)[0]


def test_mutants_are_refused() -> None:
    """Some of each kind; `make certificates` tries a million, of all nights."""
    found = refusals(SMALL, 2_000, "test")

    assert {kind: by.total() for kind, by in found.items()} == dict.fromkeys(KINDS, 500)


def test_a_fact_that_is_not_in_the_log_is_named() -> None:
    """A log without the ward that settled it does not bear the certificate out."""
    night = certified_night("barnet-2014")
    short = [line for line in night.lines if 'childs-hill.2014-05-22\\",\\"mode' not in line]
    assert len(short) == len(night.lines) - 1

    from checker.check import Log  # noqa: PLC0415 -- only this test reads a log of its own

    faults, _ = check(night.certificates[0], Log(short))

    assert faults == ["local.barnet.childs-hill.2014-05-22: no event of the log says so"]
