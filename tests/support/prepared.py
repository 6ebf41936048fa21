"""Folders of nights that are prepared from samples of public sources."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from typer.testing import CliRunner, Result

from readers.findings import Findings
from readers.parties_file import shipped_register
from readers.public_sources.reading import read_sources
from readers.public_sources.records import Sources
from services.cli import app
from services.prepare.corrections import read_corrections
from services.prepare.preparing import prepare
from services.prepare.tables import Tables

POLL = date(2027, 5, 6)
SAMPLES = Path(__file__).parent / "next_night"
FILES = (
    *("dc-candidates.csv", "ee-elections.json", "mysociety-register.csv", "ocd-councillors.csv"),
    *("ocd-history.csv", "pa-declaration-times.txt", "pa-local-nominations.json"),
)
CORRECTIONS = "council,ballot_paper_id,party,candidate,field,value,note"


@dataclass
class NightFolder:
    """The folder of a night, with the sources of the sample unless others are asked for."""

    folder: Path

    @classmethod
    def with_samples(cls, folder: Path, files: Iterable[str] = FILES) -> NightFolder:
        night = cls(folder)
        night.sources.mkdir(parents=True)
        for name in files:
            shutil.copy(SAMPLES / name, night.sources / name)
        return night

    @property
    def sources(self) -> Path:
        return self.folder / "sources"

    def change(self, name: str, was: str, now: str) -> None:
        """Changes a text in a source, which has to be there."""
        file = self.sources / name
        text = file.read_text(encoding="utf-8")
        assert was in text
        file.write_text(text.replace(was, now), encoding="utf-8")

    def correct(self, *rows: str) -> None:
        """Writes the newsroom's corrections."""
        text = "\n".join((CORRECTIONS, *rows)) + "\n"
        (self.folder / "corrections.csv").write_text(text, encoding="utf-8")

    def read(self) -> Sources:
        """Returns what the sources say."""
        findings = Findings()
        found = read_sources(sorted(self.sources.iterdir()), POLL, findings)
        findings.raise_if_unusable()
        return found

    def night(self) -> Tables:
        """Returns the night as it would be written."""
        findings = Findings()
        corrections = read_corrections(self.folder / "corrections.csv", findings)
        findings.raise_if_unusable()
        return prepare(self.read(), POLL, shipped_register(), corrections)

    def prepare(self, *options: str) -> Result:
        """Runs the command."""
        arguments = ["prepare", POLL.isoformat(), "--folder", str(self.folder), *options]
        return CliRunner().invoke(app, arguments)

    def rows(self, name: str) -> list[dict[str, str]]:
        """Returns the rows of a file of the night."""
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return [*csv.DictReader(file)]


def todo_of(night: Tables) -> list[tuple[str, str]]:
    """Returns council and reason of everything that is to be done."""
    return [(each.council, each.reason) for each in night.todo]
