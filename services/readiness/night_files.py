"""The files of a night in its folder, as they are declared, with what is still to do about them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from readers.night import NIGHT_FILES, Night, read_night
from readers.parties_file import beside
from readers.todo_file import Todo, read_todo
from services.platform.mode import namespace_mode
from services.platform.settings import Settings


class NightFiles(NamedTuple):
    """A night, and what `todo.csv` lists of it."""

    night: Night
    todo: tuple[Todo, ...]


def read_night_files(folder: Path, settings: Settings) -> NightFiles:
    """Returns what is in the folder of a night, read as `livecount declare` reads it.

    Raises UnusableFilesError with every fault of the files.
    """
    councils, standing, results = (folder / name for name in NIGHT_FILES)
    night = read_night(
        councils,
        standing,
        results,
        parties=beside(councils) or settings.parties_file,
        mode=namespace_mode(settings.namespace),
    )
    return NightFiles(night, read_todo(folder))
