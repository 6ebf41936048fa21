"""Files that somebody puts into a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from readers.findings import Findings
from readers.said import Said
from services.feeds.folder import Folder
from services.feeds.piece import Piece


class Dropped:
    """A folder, and the files that were read of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read: list[str] = []
        self.folder = Folder(path, self._read)
        self._time = 1_000

    def _read(self, file: Path, findings: Findings) -> Said:
        text = file.read_text(encoding="utf-8")
        self.read.append(f"{file.name} {text}")
        if text == "unforeseen":
            raise TypeError("a fault of livecount")
        if text == "bad":
            findings.fault(file, 1, "votes: 'bad' is no number; correct it")
        return Said()

    def write(self, name: str, text: str) -> None:
        """Writes a file at a time of its own."""
        self._time += 1
        (self.path / name).write_text(text, encoding="utf-8")
        os.utime(self.path / name, (self._time, self._time))

    def look(self, times: int = 2) -> tuple[Piece, ...]:
        for _ in range(times):
            found = self.folder.look()
        return found


@pytest.fixture
def dropped(tmp_path: Path) -> Dropped:
    path = tmp_path / "in"
    path.mkdir()
    return Dropped(path)


def test_a_file_is_read_once_two_looks_find_it_the_same(dropped: Dropped) -> None:
    """It may still be written at the first."""
    dropped.write("a.csv", "half")
    dropped.look(1)
    dropped.write("a.csv", "whole")
    dropped.look(1)
    assert dropped.read == []

    dropped.look(3)
    assert dropped.read == ["a.csv whole"]


def test_a_file_is_read_again_if_its_content_has_changed(dropped: Dropped) -> None:
    """A new time alone makes an old file no newer word."""
    dropped.write("a.csv", "one")
    dropped.look()
    dropped.write("a.csv", "one")
    (same,) = dropped.look()
    dropped.write("a.csv", "two")
    (other,) = dropped.look()

    assert dropped.read == ["a.csv one", "a.csv two"]
    assert (same.is_new, other.is_new) == (False, True)


def test_files_are_read_in_the_order_in_which_they_were_changed(dropped: Dropped) -> None:
    """The newest word is heard last, also after a start."""
    for name in ("b.csv", "a.csv", "c.JSON"):
        dropped.write(name, name)

    dropped.look()

    assert [each.partition(" ")[0] for each in dropped.read] == ["b.csv", "a.csv", "c.JSON"]


def test_other_files_are_left_alone(dropped: Dropped) -> None:
    """Those half transferred, hidden, or of another kind, and folders."""
    for name in (".a.csv", "b.csv.part", "c.docx"):
        dropped.write(name, "x")
    (dropped.path / "old").mkdir()

    assert dropped.look() == ()


def test_what_a_file_has_that_cannot_be_read_is_told(dropped: Dropped) -> None:
    """With its line, until the file is mended."""
    dropped.write("a.csv", "bad")
    (piece,) = dropped.look()
    dropped.write("a.csv", "good")
    (mended,) = dropped.look()

    assert [each.message for each in piece.findings] == ["votes: 'bad' is no number; correct it"]
    assert mended.findings == ()


def test_a_folder_that_is_not_there_is_broken_until_it_is(tmp_path: Path) -> None:
    """It may be on a disk that comes later."""
    dropped = Dropped(tmp_path / "later")
    (piece,) = dropped.look()
    dropped.path.mkdir()

    assert piece.broken == "cannot be read: No such file or directory; make it, or correct the path"
    assert dropped.look() == ()


def test_a_fault_of_livecount_breaks_one_file_and_no_other(dropped: Dropped) -> None:
    """It is told as long as the file is there."""
    dropped.write("a.csv", "unforeseen")
    dropped.write("b.csv", "good")
    broken, well = dropped.look()
    still, _ = dropped.look()

    assert broken.broken == still.broken
    assert "TypeError: a fault of livecount; the fault is in livecount: report it" in still.broken
    assert (well.broken, still.is_new) == ("", False)
