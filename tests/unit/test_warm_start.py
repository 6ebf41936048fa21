"""Processes that are started warm are what `python -m` starts, but sooner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT
from tests.support.warm_start import Process, WarmStart


@pytest.fixture
def start(warm_start: WarmStart, tmp_path: Path) -> Callable[..., Process]:
    """Starts `livecount` with arguments and settings; it writes to `log`."""

    def start(*arguments: str, **settings: str) -> Process:
        environment = {**os.environ, "LIVECOUNT_SETTINGS_FILE": os.devnull, **settings}
        return warm_start.start("services.cli", arguments, environment, tmp_path / "log")

    return start


@pytest.mark.parametrize("arguments", [["--help"], ["ticker", "--nonsense"]])
def test_a_warm_process_ends_and_writes_as_a_new_one(
    arguments: list[str], start: Callable[..., Process], tmp_path: Path
) -> None:
    """Its exit status and its output are the same."""
    status = start(*arguments).wait(60)

    cold = subprocess.run(
        [sys.executable, "-m", "services.cli", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "LIVECOUNT_SETTINGS_FILE": os.devnull},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert (status, (tmp_path / "log").read_bytes()) == (cold.returncode, cold.stdout)


def test_each_warm_process_has_its_own_settings(
    start: Callable[..., Process], tmp_path: Path
) -> None:
    """What one is started with is not there for the next."""
    assert start("ticker", "run", LIVECOUNT_TICKER_PORT="x").wait(60) == 2
    assert start("ticker", "run", LIVECOUNT_KAFKA_PARTITIONS="y").wait(60) == 2

    first, second = (tmp_path / "log").read_text().splitlines()
    assert first.startswith("LIVECOUNT_TICKER_PORT: 'x'")
    assert second.startswith("LIVECOUNT_KAFKA_PARTITIONS: 'y'")


def test_a_killed_warm_process_has_the_signal_as_its_status(
    start: Callable[..., Process],
) -> None:
    """It leads a session of its own, whose processes can be killed with it."""
    running = start("ticker", "run", LIVECOUNT_TICKER_PORT="0")

    assert os.getsid(running.pid) == running.pid
    os.killpg(running.pid, signal.SIGKILL)
    assert running.wait(60) == -signal.SIGKILL
    assert running.poll() == -signal.SIGKILL


def test_a_warm_command_is_run_to_its_end(warm_start: WarmStart, tmp_path: Path) -> None:
    """What it says and what it complains of are kept apart."""
    missing = tmp_path / "keys.toml"
    environment = {**os.environ, "LIVECOUNT_SETTINGS_FILE": os.devnull}
    environment["LIVECOUNT_KEYS_FILE"] = str(missing)

    refused = warm_start.run("services.cli", ["access", "check"], environment, given="token")
    listed = warm_start.run("services.cli", ["--help"], environment)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"{missing}: cannot be read")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "Usage:" in listed.stdout


def test_what_the_system_loads_before_a_program_begins_is_loaded(
    start: Callable[..., Process], tmp_path: Path
) -> None:
    """Such as another clock: the loader itself says so of a library that is not there."""
    assert start("ticker", "run", LIVECOUNT_TICKER_PORT="x", LD_PRELOAD="/nowhere.so").wait(60) == 2

    assert "/nowhere.so" in (tmp_path / "log").read_text()
