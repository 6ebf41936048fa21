"""A new folder that is there with everything in it, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.archive.errors import ArchiveError


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yields an empty folder beside `folder`, which becomes it at the end.

    It is removed if anything is raised. Only its owner may read it. Raises ArchiveError if there
    is something of that name already, or nowhere to put it, and OSError.
    """
    if folder.exists():
        raise ArchiveError(f"{folder}: is there already; give the name of a new folder")
    if not folder.absolute().parent.is_dir():
        raise ArchiveError(f"{folder.absolute().parent}: is no folder; make it first")
    partial = Path(tempfile.mkdtemp(dir=folder.absolute().parent, prefix=f".{folder.name}."))
    try:
        yield partial
        _sync(partial)
        partial.rename(folder)
        _sync_entry(folder.absolute().parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _sync(folder: Path) -> None:
    """Returns once the disk has all that is below a folder, so that a power cut halves nothing."""
    for path in (*folder.rglob("*"), folder):
        _sync_entry(path)


def _sync_entry(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
