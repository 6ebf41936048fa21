"""Writes small night files for tests."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from readers.findings import UnusableFilesError
from readers.night import Night, read_night

COUNCILS = (
    "election_date,council,council_gss,cycle,seats_total,control_before,independents_as_party"
)
PREVIOUS = "council_gss,ward_gss,ward,last_fought,boundaries,party_id,party,votes,seats,turnout_pct"
STANDING = "council_gss,party_id,party,seats_eve_of_poll,seats_last_election,seats_not_up"
RESULTS = (
    "election_date,council,council_gss,ward,ward_gss,seats_contested,candidate,party,party_id,"
    "votes,elected,electorate,turnout_pct,source"
)
BARNET = "2014-05-22,Barnet,E09000003,all-out,2,PP52,0"
LABELS = {"PP52": "Conservative and Unionist Party", "PP53": "Labour Party"}


def candidate(ward: str, name: str, party_id: str, votes: object, **cells: object) -> str:
    """Returns a row of `results.csv`; cells are named as its columns."""
    row: dict[str, object] = {
        "election_date": "2014-05-22",
        "council": "Barnet",
        "council_gss": "E09000003",
        "ward": ward,
        "seats_contested": 1,
        "candidate": name,
        "party": LABELS.get(party_id, ""),
        "party_id": party_id,
        "votes": votes,
    }
    row |= cells
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([row.get(c, "") for c in RESULTS.split(",")])
    return line.getvalue()


@dataclass
class Files:
    """The files of a night in a directory. Lists hold the lines after the header."""

    directory: Path
    councils: list[str] = field(default_factory=lambda: [BARNET])
    standing: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    previous: list[str] = field(default_factory=list)
    events: list[dict[str, Any] | str] | None = None
    results_header: str = RESULTS
    councils_header: str = COUNCILS

    def paths(self) -> dict[str, Path]:
        """Writes the files and returns their paths by option name."""
        found = {}
        for name, header, lines in (
            ("councils", self.councils_header, self.councils),
            ("standing", STANDING, self.standing),
            ("results", self.results_header, self.results),
        ):
            found[name] = self.directory / f"{name}.csv"
            found[name].write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        if self.previous:
            lines = [PREVIOUS, *self.previous]
            text = "\n".join(lines) + "\n"
            (self.directory / "previous.csv").write_text(text, encoding="utf-8")
        if self.events is not None:
            found["events"] = self.directory / "events.jsonl"
            texts = [each if isinstance(each, str) else json.dumps(each) for each in self.events]
            found["events"].write_text("\n".join(texts) + "\n", encoding="utf-8")
        return found

    def read(self) -> Night:
        """Writes the files and returns their night."""
        return read_night(**self.paths(), mode="rehearsal")

    def read_as_written(self) -> Night:
        """Returns the night of the files as they are on disk."""
        return self.read_with()

    def read_with(self, **options: Any) -> Night:
        """Returns the night of the files as they are on disk, with options of `read_night`."""
        names = ("councils", "standing", "results")
        paths = (self.directory / f"{name}.csv" for name in names)
        return read_night(*paths, mode="rehearsal", **options)

    def faults(self) -> list[str]:
        """Returns the faults of the files, without the directory."""
        try:
            self.read()
        except UnusableFilesError as error:
            return [str(fault).removeprefix(f"{self.directory}/") for fault in error.faults]
        return []

    def warnings(self) -> list[str]:
        """Returns the warnings about the files, without the directory."""
        return [str(each).removeprefix(f"{self.directory}/") for each in self.read().warnings]
