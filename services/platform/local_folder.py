"""The folder `.local`: where the local stack, its settings file and rehearsals' logs are."""

from __future__ import annotations

from pathlib import Path
from typing import Final

NAME: Final = ".local"

_PROJECT: Final = Path(__file__).resolve().parents[2]

CHECKOUT: Final = _PROJECT if (_PROJECT / "pyproject.toml").is_file() else None
"""The folder of the checkout that this program runs from; None if it was installed."""


def local_folder(working: Path | None = None, checkout: Path | None = CHECKOUT) -> Path:
    """Returns the folder that commands use which run in `working`, by default where this one runs.

    The nearest one above that has a local stack or its settings; else the checkout's, so that
    commands find its stack from anywhere; else the one in `working`. It may not exist yet.
    """
    here = (working or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        local = folder / NAME
        if (local / "settings.env").is_file() or (local / "stack").is_dir():
            return local
    return (checkout or here) / NAME


def settings_file() -> Path:
    """Returns the settings file that `livecount stack up` writes, which may not exist."""
    return local_folder() / "settings.env"


def stack_directory() -> Path:
    """Returns the directory of the local stack, which may not exist."""
    return local_folder() / "stack"
