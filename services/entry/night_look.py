"""A look at the night: what is left to do before the polls close, beside the log as it is now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Final

from election.council import Council
from readers import night_toml, parties_file, todo_file
from readers.findings import Findings, UnusableFilesError
from readers.night import NIGHT_FILES
from services.entry.ballots import StillReadingError
from services.following.followed_councils import FollowedCouncils
from services.platform.settings import Settings
from services.readiness.checks import Check, all_checks, checks_without_files
from services.readiness.night_files import read_night_files

NIGHT_BYTES_MAX: Final = 16 * 1024 * 1024
"""All files of a night together: those of all of England in 2021 are 2.2 MB."""

LOOK_TIMEOUT_S: Final = 30.0
"""How long a page waits for a look. One at all of England in 2021 takes 2 to 4 seconds; a folder on
a network that does not answer may take for ever."""

Look = Callable[[Path, Mapping[str, Council]], tuple[Check, ...]]
"""Returns the checks of the night in a folder, beside the councils as the log has them."""

_FILES: Final = (*NIGHT_FILES, night_toml.NAME, parties_file.NAME, todo_file.NAME)


class LookTimeoutError(Exception):
    """A look takes longer than a page waits. It goes on, and nobody can begin another meanwhile."""


class NightLook:
    """Looks at the folder of a night, at each request anew, beside the councils of the log.

    `look` is called in a thread, once at a time: who asks meanwhile gets what the look under way
    finds, so that many requests, or a folder that does not answer, take one thread and no more.
    """

    def __init__(
        self,
        councils: FollowedCouncils,
        folder: Path | None,
        look: Look,
        *,
        timeout_s: float = LOOK_TIMEOUT_S,
    ) -> None:
        self.folder = folder
        self.timeout_s = timeout_s
        self._councils = councils
        self._look = look
        self._under_way: asyncio.Task[tuple[Check, ...]] | None = None

    async def checks(self) -> tuple[Check, ...]:
        """Returns what was looked at, and what is left to do; nothing without a folder.

        Raises StillReadingError, and LookTimeoutError.
        """
        if self.folder is None:
            return ()
        if not self._councils.is_caught_up:
            raise StillReadingError
        if self._under_way is None or self._under_way.done():
            # A council is replaced and never changed, so it is enough to copy which there are.
            councils = dict(self._councils.councils)
            look = asyncio.to_thread(self._look, self.folder, councils)
            self._under_way = asyncio.create_task(look)
        try:
            async with asyncio.timeout(self.timeout_s):
                return await asyncio.shield(self._under_way)
        except TimeoutError as error:
            raise LookTimeoutError from error


def look_at(folder: Path, councils: Mapping[str, Council], settings: Settings) -> tuple[Check, ...]:
    """Returns every check of the night in a folder; if its files have faults, those come first.

    Takes seconds for a large night. Changes and sends nothing.
    """
    try:
        check_size(folder)
        files = read_night_files(folder, settings)
    except UnusableFilesError as error:
        return checks_without_files(error, settings)
    return all_checks(files, councils, settings)


def check_size(folder: Path) -> None:
    """Raises UnusableFilesError if the files of a folder are too large, or are no files."""
    findings, size = Findings(), 0
    for file in (folder / name for name in _FILES):
        try:
            found = file.stat()
        except OSError:
            continue  # Whoever reads it says that it is missing.
        if not S_ISREG(found.st_mode):
            findings.fault(file, 1, "is no file; put the night's own there")
        size += found.st_size
    if size > NIGHT_BYTES_MAX:
        what = f"{size} bytes of files; a night has at most {NIGHT_BYTES_MAX}, so see what they are"
        findings.fault(folder, 1, what)
    findings.raise_if_unusable()
