"""Folder: files that somebody puts into a folder, each read once it is whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

from readers.findings import Findings
from readers.said import Said
from readers.text_file import FILE_BYTES_MAX
from services.feeds.piece import Piece, read_piece

SUFFIXES: Final = frozenset({".csv", ".json", ".jsonl", ".xml"})
"""The files that are read; whatever else lies in the folder is left alone."""

FILES_MAX: Final = 10_000
"""The most files of a folder, some ten for each council of the largest night."""


class _Seen(NamedTuple):
    """What tells whether a file is the same as before: its time, size and number."""

    changed_ns: int
    size: int
    number: int


@dataclass(slots=True)
class _File:
    """A file as it was at the last look, and what was read of it."""

    seen: _Seen | None = None
    was_read: _Seen | None = None
    content: bytes = b""
    piece: Piece | None = None


class Folder:
    """The files of a folder, without those in folders of it or whose names begin with a dot.

    `read` returns what a file says and adds to the findings what it cannot read. Files are in the
    order in which they were last changed, so that the newest word is heard last.
    """

    def __init__(self, folder: Path, read: Callable[[Path, Findings], Said]) -> None:
        self._folder = folder
        self._read = read
        self._files: dict[Path, _File] = {}

    def look(self) -> tuple[Piece, ...]:
        """Returns every file that was read, those that are new or have changed as such.

        A file is read once two looks find the same, as another may still be writing it. One whose
        content is that of before is not new.
        """
        try:
            there = sorted(self._there())
        except OSError as error:
            why = f"cannot be read: {error.strerror}; make it, or correct the path"
            return (Piece(str(self._folder), broken=why),)
        if len(there) > FILES_MAX:
            why = f"has more than {FILES_MAX} files; move those of other nights away"
            return (Piece(str(self._folder), broken=why),)
        self._files = {path: self._files.get(path, _File()) for _, path in there}
        found = (self._piece(path, seen) for seen, path in there)
        return tuple(piece for piece in found if piece is not None)

    def _there(self) -> list[tuple[_Seen, Path]]:
        found = []
        for path in self._folder.iterdir():
            if path.name.startswith(".") or path.suffix.casefold() not in SUFFIXES:
                continue
            try:
                stat = path.stat()
            except FileNotFoundError:
                # It was taken away while the folder was listed, or leads nowhere.
                continue
            found.append((_Seen(stat.st_mtime_ns, stat.st_size, stat.st_ino), path))
        return found

    def _piece(self, path: Path, seen: _Seen) -> Piece | None:
        """Returns what a file says; None while it has never been whole."""
        file = self._files[path]
        is_whole, file.seen = file.seen == seen, seen
        if not is_whole or file.was_read == seen:
            return file.piece and file.piece.again()
        content = b""
        if seen.size <= FILE_BYTES_MAX:
            try:
                content = blake2b(path.read_bytes()).digest()
            except OSError as error:
                return Piece(path.name, broken=f"cannot be read: {error.strerror}")
        file.was_read = seen
        if file.piece is not None and content == file.content:
            return file.piece.again()
        file.content = content
        file.piece = read_piece(path.name, partial(self._read, path))
        return file.piece
