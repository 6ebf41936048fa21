"""The folder `.local`: where the local stack, its settings file and rehearsals' logs are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

NAME: Final = ".local"

_PROJECT: Final = Path(__file__).resolve().parents[2]

CHECKOUT: Final = _PROJECT if (_PROJECT / "pyproject.toml").is_file() else None
"""The folder of the checkout that this program runs from; None if it was installed."""


def local_folder(
    working: Path | None = None, checkout: Path | None = CHECKOUT, owner: int | None = None
) -> Path:
    """Returns the folder that commands use which run in `working`, by default where this one runs.

    The nearest one above that has a local stack or its settings; else the checkout's, so that
    commands find its stack from anywhere; else the one in `working`. It may not exist yet. One
    above that belongs to somebody else than `owner`, by default the user of this process, is
    passed over: in a folder that all may write to, such as `/tmp`, anybody could leave settings.
    """
    here = (working or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        local = folder / NAME
        is_used = (local / "settings.env").is_file() or (local / "stack").is_dir()
        if is_used and _is_trusted(local, owner):
            return local
    return (checkout or here) / NAME


def _is_trusted(local: Path, owner: int | None) -> bool:
    return local.stat().st_uid == (os.getuid() if owner is None else owner)


def settings_file() -> Path:
    """Returns the settings file that `livecount stack up` writes, which may not exist."""
    return local_folder() / "settings.env"


def stack_directory() -> Path:
    """Returns the directory of the local stack, which may not exist."""
    return local_folder() / "stack"
