"""A look at the folder of a night, from a page."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from election.council import Council
from services.entry.ballots import StillReadingError
from services.entry.night_look import NIGHT_BYTES_MAX, LookTimeoutError, NightLook, look_at
from services.following.followed_councils import FollowedCouncils
from services.platform.settings import Settings
from services.readiness.checks import Check
from tests.support.polls import COUNCIL, folded, opened, ward

SETTINGS = Settings.model_validate({"namespace": "rehearsal"})
KNOWN = {COUNCIL: folded(opened(ward("north", 1)))}


def log(*, is_read: bool = True) -> FollowedCouncils:
    """Returns what a log that is followed shows of itself."""
    return cast("FollowedCouncils", SimpleNamespace(is_caught_up=is_read, councils=KNOWN))


class Looking:
    """A look that ends when it is let go, and what it was given each time."""

    def __init__(self) -> None:
        self.given: list[Mapping[str, Council]] = []
        self.go = threading.Event()

    def __call__(self, _: Path, councils: Mapping[str, Council]) -> tuple[Check, ...]:
        self.given.append(councils)
        self.go.wait(30)
        return (Check(f"look {len(self.given)}", ()),)


@pytest.mark.parametrize("name", ["councils.csv", "night.toml", "todo.csv"])
def test_what_is_no_file_is_not_read(tmp_path: Path, name: str) -> None:
    """To read it could take for ever; the page names it."""
    os.mkfifo(tmp_path / name)
    faults, *_ = look_at(tmp_path, {}, SETTINGS)

    assert faults.found == "the files of the night cannot be used"
    assert f"{tmp_path / name}:1: is no file; put the night's own there" in faults.left


def test_files_that_are_too_large_together_are_not_read(tmp_path: Path) -> None:
    """The page says how large they are."""
    for name in ("results.csv", "standing.csv"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(NIGHT_BYTES_MAX // 2 + 1)
    faults, *_ = look_at(tmp_path, {}, SETTINGS)

    (only,) = faults.left
    assert only.startswith(f"{tmp_path}:1: {NIGHT_BYTES_MAX + 2} bytes of files; ")


def test_an_empty_folder_lacks_its_files_and_keys_and_channels_are_looked_at(
    tmp_path: Path,
) -> None:
    """Each missing file is named."""
    faults, keys, channels = look_at(tmp_path / "none", {}, SETTINGS)

    assert [line.partition(":1: ")[0] for line in faults.left] == [
        str(tmp_path / "none" / name) for name in ("councils.csv", "standing.csv", "results.csv")
    ]
    assert (keys.found, channels.found) == ("no keys", "no channels")


async def test_without_a_folder_nothing_is_looked_at() -> None:
    """The page says which setting names one."""
    assert await NightLook(log(is_read=False), None, Looking()).checks() == ()


async def test_nothing_is_looked_at_before_the_log_was_read(tmp_path: Path) -> None:
    """Every council would seem to be closed."""
    with pytest.raises(StillReadingError):
        await NightLook(log(is_read=False), tmp_path, Looking()).checks()


async def test_who_asks_during_a_look_gets_what_it_finds_and_the_next_looks_again(
    tmp_path: Path,
) -> None:
    """One thread looks at the councils of the log, however many ask."""
    looking = Looking()
    night = NightLook(log(), tmp_path, looking)
    asked = [asyncio.create_task(night.checks()) for _ in range(50)]
    await asyncio.to_thread(looking.go.set)

    assert await asyncio.gather(*asked) == [(Check("look 1", ()),)] * 50
    assert looking.given == [KNOWN]
    assert await night.checks() == (Check("look 2", ()),)


async def test_a_look_that_takes_too_long_is_not_waited_for_nor_begun_twice(
    tmp_path: Path,
) -> None:
    """Its result is there for whoever asks once it has ended."""
    looking = Looking()
    night = NightLook(log(), tmp_path, looking, timeout_s=0.0)
    for _ in range(3):
        with pytest.raises(LookTimeoutError):
            await night.checks()
    night.timeout_s = 30.0
    looking.go.set()

    assert await night.checks() == (Check("look 1", ()),)
    assert len(looking.given) == 1
