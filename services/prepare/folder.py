"""The folder of a night: what is in it, what was edited by hand, and writing it all at once.

A copy of what was written is kept in `.prepared/`, so that a person's edits can be told from it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from readers.csv_table import Needs, read_table
from readers.findings import Findings, UnusableFilesError
from readers.night import NIGHT_FILES, read_night
from readers.night_toml import night_toml_beside
from readers.party_register import PartyRegister
from readers.todo_file import Todo, read_todo
from services.prepare.atomic import write_bytes
from services.prepare.difference import Shown, differences
from services.prepare.tables import FILES, Cells

SOURCES: Final = "sources"
"""The folder of public sources within the folder of a night."""

_COPIES: Final = ".prepared"
_NEXT: Final = "next"
_NEEDS: Final[Needs] = (("council",),)


class EditedError(ValueError):
    """Files that a person has edited. The message says what is different, and what to do."""


def source_files(folder: Path) -> tuple[Path, ...]:
    """Returns the files of the folder of sources by name, without hidden ones.

    Raises UnusableFilesError if there is no such folder, or nothing in it.
    """
    sources = folder / SOURCES
    found = sorted(sources.glob("*")) if sources.is_dir() else []
    files = tuple(each for each in found if each.is_file() and not each.name.startswith("."))
    if not files:
        findings = Findings()
        findings.fault(
            sources, 1, "has no files; put what the public sources offer there, as it was saved"
        )
        findings.raise_if_unusable()
    return files


def read_shown(folder: Path) -> Shown | None:
    """Returns the night that is in a folder as it is compared; None if there is none.

    Raises UnusableFilesError if its files cannot be read.
    """
    if not (folder / "councils.csv").is_file():
        return None
    findings = Findings()
    councils, standing, results = (_rows(folder / name, findings) for name in NIGHT_FILES)
    toml = night_toml_beside(folder / "councils.csv", findings)
    findings.raise_if_unusable()
    return Shown(councils, standing, results, toml.control_history if toml else ())


def read_before(folder: Path, *, discard_edits: bool) -> tuple[Shown | None, tuple[Todo, ...]]:
    """Returns the night that is in a folder, and what it lists as to be done.

    Raises UnusableFilesError if its files cannot be read, unless they are to be written over.
    """
    try:
        return read_shown(folder), read_todo(folder)
    except UnusableFilesError:
        if not discard_edits:
            raise
        return None, ()


def _rows(file: Path, findings: Findings) -> list[Cells]:
    if not file.is_file():
        return []
    _, rows = read_table(file, findings, needs=_NEEDS)
    return [row.cells for row in rows]


def check_not_edited(folder: Path, register: PartyRegister) -> None:
    """Raises EditedError if a person has edited what was written, or wrote it themselves.

    `todo.csv` is not looked at: it is made anew each time, and what is done belongs elsewhere.
    """
    edited = [name for name in FILES[:-1] if _is_edited(folder, name)]
    if not edited:
        return
    written = read_shown(folder / _COPIES)
    changes: tuple[str, ...] = ()
    if written is not None and (now := read_shown(folder)) is not None:
        changes = differences(written, now, register)
    lines = [f"{folder / name}: was not written by prepare, but by hand" for name in edited]
    lines += (f"  {each}" for each in changes)
    lines.append(
        "write what is right into corrections.csv, which is read last and wins; then run again"
        " with --discard-edits, or move the file away"
    )
    raise EditedError("\n".join(lines))


def _is_edited(folder: Path, name: str) -> bool:
    """Returns whether a file is neither what was written nor what was about to be written."""
    file = folder / name
    if not file.is_file():
        return False
    content = file.read_bytes()
    copies = (folder / _COPIES / name, folder / _COPIES / _NEXT / name)
    return not any(copy.is_file() and copy.read_bytes() == content for copy in copies)


def faults_of(
    texts: Mapping[str, str], parties: Path | None, previous: Path | None = None
) -> tuple[str, ...]:
    """Returns the faults for which files could not be counted, as `tally` would print them.

    `parties` and `previous` are the newsroom's own files, if it has them.
    """
    with tempfile.TemporaryDirectory() as place:
        for name, text in texts.items():
            (Path(place) / name).write_text(text, encoding="utf-8")
        if previous is not None:
            shutil.copyfile(previous, Path(place) / previous.name)
        try:
            files = (Path(place) / name for name in NIGHT_FILES)
            read_night(*files, parties=parties, mode="rehearsal")
        except UnusableFilesError as error:
            return tuple(str(fault).removeprefix(f"{place}/") for fault in error.faults)
    return ()


def publish(folder: Path, texts: Mapping[str, str]) -> None:
    """Writes the files of a night, each at once: no file is ever seen half written.

    They are staged first, so that after a crash they are not taken for edited by hand.
    """
    staged = folder / _COPIES / _NEXT
    staged.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        write_bytes(staged / name, text.encode())
    for name, text in texts.items():
        write_bytes(folder / name, text.encode())
    for name in texts:
        (staged / name).replace(folder / _COPIES / name)
