import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT

MAKEFILE = (CHECKOUT / "Makefile").read_text()
TARGETS = re.findall(r"^\.PHONY: (\S+)$", MAKEFILE, re.MULTILINE)
SCRIPTS = (*(CHECKOUT / "scripts").glob("[!.]*"), CHECKOUT / ".ci" / "run")


def make(*arguments: str) -> str:
    """Returns what make prints, as if it was not itself run by a make that runs the tests."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    outside.pop("MFLAGS", None)
    shown = subprocess.run(
        ["make", *arguments],
        cwd=CHECKOUT,
        env=outside,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return shown.stdout


def steps(target: str) -> str:
    """Returns what make would run for a target."""
    return make("--dry-run", target)


def test_make_alone_lists_every_target() -> None:
    """`make` without a target lists the targets, one a line."""
    assert [line.split()[0] for line in make().splitlines()] == TARGETS
    assert {"help", "install", "demo", "unit", "test", "check", "fmt"} <= set(TARGETS)


@pytest.mark.parametrize(
    "target", ["demo", "unit", "test", "check", "fmt", "stack-up", "schemas", "bench"]
)
def test_targets_install_what_they_need(target: str) -> None:
    """A target that runs the project installs its environment first."""
    assert steps(target).startswith("scripts/install ")


@pytest.mark.parametrize("target", ["test", "bench", "screenshots"])
def test_targets_that_open_pages_see_to_a_browser(target: str) -> None:
    """If there is no Chromium, one is installed before it is needed."""
    assert "scripts/install-chromium" in steps(target)


def test_check_edits_nothing() -> None:
    """Every tool that could edit is run in its checking mode."""
    shown = steps("check")

    assert "--fix" not in shown
    assert "ruff format --check" in shown
    assert "schemas.generate --check" in shown
    assert "scripts.reference --check" in shown


def test_unit_runs_no_test_that_starts_a_server() -> None:
    """No file of tests that `make unit` runs asks for a stack, settings of one, or a process."""
    folders = re.findall(r"tests/\S+", steps("unit").partition("pytest ")[2])
    servers = re.compile(r"def test_\w+\([^)]*\b(stack|settings|redis|kafka_producer|process)\b:")
    files = [file for folder in folders for file in (CHECKOUT / folder).rglob("test_*.py")]

    assert folders == ["tests/unit", "tests/property", "tests/docs"]
    assert [file for file in files if servers.search(file.read_text(encoding="utf-8"))] == []


def test_continuous_integration_runs_the_tests() -> None:
    """`.ci/run` is what `make test` is, and can be run."""
    run = CHECKOUT / ".ci" / "run"

    assert run.stat().st_mode & 0o111
    assert "exec make test" in run.read_text()


@pytest.mark.parametrize(
    "script",
    [script for script in SCRIPTS if script.is_file() and script.suffix != ".py"],
    ids=lambda script: script.name,
)
def test_shell_scripts_can_be_read_and_run(script: Path) -> None:
    """Each shell script is executable, stops at the first error, and has no fault of syntax."""
    assert script.stat().st_mode & 0o111
    assert "\nset -eu\n" in script.read_text()
    subprocess.run(["sh", "-n", script], check=True, timeout=60)
