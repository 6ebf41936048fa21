"""`corrections.csv`: what a newsroom knows better than the sources. It is read last, and wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from readers.council_names import council_words
from readers.csv_table import Needs, Row, read_table
from readers.findings import Findings

NAME: Final = "corrections.csv"
_NEEDS: Final[Needs] = (("council",), ("field",), ("value",))

OF_COUNCIL: Final = (
    *("council_gss", "cycle", "seats_total", "seats_vacant", "control_before"),
    *("independents_as_party", "voting_system", "display_name", "expected_at"),
    *("last_election_notional", "control_history"),
)
"""The fields of a council. `control_history` is `1994 NOC; 2002 PP52`: years, and who since."""

OF_PARTY: Final = ("seats_eve_of_poll", "seats_last_election", "seats_not_up")
"""The fields of a party in a council."""

OF_BALLOT: Final = (
    *("ward", "ward_gss", "seats_contested", "status", "electorate", "expected_at", "replaces"),
    "nominations",
)
"""The fields of a ballot. `nominations` is `unknown`, or `complete` if the sources' are right."""

OF_CANDIDATE: Final = ("party", "party_id", "office", "withdrawn", "nominated")
"""The fields of a candidate. `withdrawn` takes one away and `nominated` adds one; both hold 1."""

SETTLED: Final = "settled"
"""The field with which a newsroom says that nothing is left to do; it holds `what` of `todo.csv`.

What has changed since, such as one of two numbers, is to do again.
"""


class Subject(NamedTuple):
    """What a correction is about. The council is given by the words of its name."""

    council: str
    ballot_paper_id: str = ""
    party: str = ""
    candidate: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """One row."""

    row: Row
    subject: Subject
    field: str
    value: str


@dataclass(slots=True)
class Corrections:
    """The corrections of a newsroom, by what they are about."""

    all: tuple[Correction, ...] = ()
    _of: dict[tuple[str, str], list[Correction]] = field(default_factory=dict)
    _used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for each in self.all:
            self._of.setdefault(each.subject[:2], []).append(each)

    def of(self, subject: Subject) -> dict[str, str]:
        """Returns the corrected fields of a subject, and notes that they have been used."""
        found = [
            each
            for each in self._of.get(subject[:2], ())
            if each.subject == subject and each.field != SETTLED
        ]
        self._used |= {each.row.line for each in found}
        return {each.field: each.value for each in found}

    def subjects(self, council: str, ballot: str = "") -> tuple[Subject, ...]:
        """Returns the parties or candidates of a council or ballot that are corrected, in order."""
        found = (each.subject for each in self._of.get((council, ballot), ()))
        return tuple(dict.fromkeys(each for each in found if each.party or each.candidate))

    def settles(self, council: str, ballot: str, what: str, settled_by: str) -> bool:
        """Returns whether something to do is settled: by its field, or by what it says."""
        found = self._of.get((council, ballot), ())
        by_words = [each for each in found if each.field == SETTLED and each.value == what]
        self._used |= {each.row.line for each in by_words}
        return bool(by_words) or any(each.field == settled_by for each in found)

    def warn_of_unused(self) -> None:
        """Adds a warning for each correction that changed and settled nothing."""
        for each in self.all:
            if each.row.line not in self._used:
                what = "of what is not in the night, or not to do; it changes nothing"
                each.row.warn("field", what)


def read_corrections(file: Path, findings: Findings) -> Corrections:
    """Returns the corrections in a file; none if there is no such file.

    An unknown field is a fault, and so is a field of another subject than the row names.
    """
    if not file.is_file():
        return Corrections()
    _, rows = read_table(file, findings, needs=_NEEDS)
    return Corrections(tuple(_read(rows)))


def _read(rows: tuple[Row, ...]) -> Iterable[Correction]:
    for row in rows:
        subject = Subject(
            council_words(row.text("council")),
            row.text("ballot_paper_id"),
            row.text("party"),
            row.text("candidate"),
        )
        name = row.text("field").casefold()
        known = _fields(subject)
        if name in known or name == SETTLED:
            yield Correction(row, subject, name, row.text("value"))
        else:
            row.fault("field", f"is none of {', '.join((*known, SETTLED))}; give one of them")


def _fields(subject: Subject) -> tuple[str, ...]:
    if subject.candidate:
        return OF_CANDIDATE
    if subject.ballot_paper_id:
        return OF_BALLOT
    return OF_PARTY if subject.party else OF_COUNCIL
