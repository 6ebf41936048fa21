"""Tables: the files of a night as rows, and as the text that is written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from readers import todo_file
from readers.night import NIGHT_FILES
from readers.night_toml import Spell
from readers.todo_file import Todo

Cells = dict[str, str]
"""One row by column."""

COUNCIL_COLUMNS: Final = (
    *("election_date", "council", "council_gss", "cycle", "seats_total", "control_before"),
    *("independents_as_party", "seats_vacant", "voting_system", "display_name", "expected_at"),
    "last_election_notional",
)
STANDING_COLUMNS: Final = (
    *("council", "council_gss", "party_id", "party", "seats_eve_of_poll", "seats_last_election"),
    "seats_not_up",
)
RESULT_COLUMNS: Final = (
    *("election_date", "council", "council_gss", "ward", "ward_gss", "seats_contested"),
    *("candidate", "party", "party_id", "votes", "elected", "electorate", "turnout_pct", "source"),
    *("status", "ballot_paper_id", "expected_at", "replaces", "office", "person_id"),
)
FILES: Final = (*NIGHT_FILES, "night.toml", todo_file.NAME)
"""What preparing writes."""


@dataclass(frozen=True, slots=True)
class Tables:
    """A night as prepared: the rows of each file, in order."""

    poll: date
    councils: tuple[Cells, ...] = ()
    standing: tuple[Cells, ...] = ()
    results: tuple[Cells, ...] = ()
    spells: tuple[Spell, ...] = ()
    sources: tuple[str, ...] = ()
    todo: tuple[Todo, ...] = field(default=())

    def texts(self) -> dict[str, str]:
        """Returns the text of each of FILES."""
        return {
            "councils.csv": _csv(COUNCIL_COLUMNS, self.councils),
            "standing.csv": _csv(STANDING_COLUMNS, self.standing),
            "results.csv": _csv(RESULT_COLUMNS, self.results),
            "night.toml": _toml(self),
            todo_file.NAME: _csv(todo_file.COLUMNS, (each._asdict() for each in self.todo)),
        }


def _csv(columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _toml(night: Tables) -> str:
    """Returns `night.toml`. Its strings are written as JSON, which TOML reads alike."""
    lines = [
        f"title = {_quoted(f'Local elections of {night.poll:%-d %B %Y}')}",
        f"election_date = {night.poll.isoformat()}",
        "notes = [",
        *(f"  {_quoted(f'Prepared from {source}.')}," for source in night.sources),
        "]",
    ]
    for spell in night.spells:
        lines += ["", "[[control_history]]"]
        fields = spell.model_dump(exclude_none=True, exclude_defaults=True)
        lines += (f"{name} = {_quoted(value)}" for name, value in fields.items())
    return "\n".join(lines) + "\n"


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
