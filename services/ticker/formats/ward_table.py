"""Tables of wards with a row for each candidate, each under the columns of one form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from schemas.ids import from_slug
from schemas.totals import CouncilTotals
from schemas.ward import Candidate
from schemas.ward_totals import WardTotals
from services.ticker.feed.election_state import CouncilState
from services.ticker.feed.newest import Newest
from services.ticker.feed.parsing import parse_ward
from services.ticker.formats.csv_text import ENCODING, csv_lines

_made: Final = Newest[tuple["WardTable", str], str](16_384)
"""Rows of the wards of a large night in two forms, so that those of each version are made once."""


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate of a ward, in the council of that name; None where nobody is known."""

    council: str
    council_gss: str
    ward: WardTotals
    candidate: Candidate | None

    @property
    def poll(self) -> str:
        """The day of the ward's poll, such as 2014-05-22."""
        return self.ward.ballot_paper_id.rpartition(".")[2]

    @property
    def elected(self) -> bool | None:
        """Whether the candidate is elected; None as long as that is open."""
        if self.candidate is None:
            return None
        if self.candidate.elected:
            return True
        return False if self.ward.status == "declared" else None


Columns = Mapping[str, Callable[[Line], object]]
"""What stands in each column of a form, in order."""


@dataclass(frozen=True, eq=False, slots=True)
class WardTable:
    """A form of results. `has_nobody` has a row also for a ward of which nobody is known."""

    columns: Columns
    has_nobody: bool = False

    def table(self, councils: Iterable[CouncilState]) -> bytes:
        """Returns the wards of opened councils as CSV, by name, with a header row.

        What waits for a second source or for the desk is not in it.
        """
        lines = [csv_lines([[*self.columns]])]
        for council in councils:
            name = name_of(council.totals)
            for ward in council.wards:
                data = council.wards_json[ward.ballot_paper_id]
                make = partial(_rows, self, *name, data)
                lines.append(_made.of((self, ward.ballot_paper_id), (*name, data), make))
        return "".join(lines).encode(ENCODING)

    def lines_of(self, council: str, council_gss: str, ward: WardTotals) -> Iterator[Line]:
        """Yields what the rows of a ward are about."""
        nobody = (None,) if self.has_nobody else ()
        for candidate in ward.candidates or nobody:
            yield Line(council, council_gss, ward, candidate)


def name_of(totals: CouncilTotals) -> tuple[str, str]:
    """Returns a council's name and code. Without a code it is named as its id is."""
    # What readers are shown may be another name, by which nobody else finds the council.
    name = totals.name if totals.council_gss else from_slug(totals.council.split(".")[1])
    return name, totals.council_gss


def _rows(table: WardTable, council: str, council_gss: str, ward_json: bytes) -> str:
    lines = table.lines_of(council, council_gss, parse_ward(ward_json))
    return csv_lines([cell(line) for cell in table.columns.values()] for line in lines)


def of_candidate(field: str) -> Callable[[Line], object]:
    """Returns what reads a field of a line's candidate; blank where nobody is known."""
    return lambda line: "" if line.candidate is None else getattr(line.candidate, field)


def of_ward(field: str) -> Callable[[Line], object]:
    """Returns what reads a field of a line's ward."""
    return lambda line: getattr(line.ward, field)
