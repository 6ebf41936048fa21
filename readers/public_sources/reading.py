"""Reads files of public sources, each recognised by its content."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Final

from readers import democracy_club
from readers.csv_table import Needs, table
from readers.democracy_club_api import read_api
from readers.file_kind import is_json, is_xml
from readers.findings import Findings
from readers.json_parts import items, parsed
from readers.public_sources import agency_nominations as agency
from readers.public_sources import council_register, open_council_data
from readers.public_sources.declaration_times import is_declaration_times, read_declaration_times
from readers.public_sources.every_election import is_every_election, read_every_election
from readers.public_sources.nominations import read_nominations
from readers.public_sources.records import (
    DEMOCRACY_CLUB,
    EVERY_ELECTION,
    Page,
    Place,
    Sources,
)
from readers.text_file import read_text

_TABLES: Final[tuple[tuple[tuple[Needs, ...], Callable[..., None]], ...]] = (
    (democracy_club.NEEDS, read_nominations),
    ((open_council_data.ROLL_NEEDS,), open_council_data.read_roll),
    ((open_council_data.HISTORY_NEEDS,), open_council_data.read_history),
    ((council_register.NEEDS,), council_register.read_council_register),
)

_KINDS: Final = (
    "EveryElection's elections, Democracy Club's ballots or candidates, Open Council Data's roll"
    " or history, mySociety's register, PA's nominations or times of declarations"
)


def read_sources(
    files: Iterable[Path],
    poll: date,
    findings: Findings,
    *,
    progress: Callable[[Path, Sources], None] = lambda _file, _sources: None,
) -> Sources:
    """Returns what files say of a poll, in the order of the files.

    A file that cannot be read or is of no known kind is a fault. Calls `progress` after each file.
    """
    sources = Sources()
    for file in files:
        text = read_text(file, findings)
        if text is not None:
            _read(file, text, poll, sources, findings)
        progress(file, sources)
    return sources


def _read(file: Path, text: str, poll: date, sources: Sources, findings: Findings) -> None:
    if is_json(text):
        _read_json(file, text, sources, findings)
    elif is_xml(text):
        if agency.is_agency_xml(text):
            agency.read_agency_xml(file, text, sources, findings)
        else:
            _refuse(file, "XML", findings)
    elif is_declaration_times(text):
        read_declaration_times(file, text, poll, sources, findings)
    else:
        _read_table(file, text, sources, findings)


def _read_json(file: Path, text: str, sources: Sources, findings: Findings) -> None:
    answer = parsed(text)
    if is_every_election(answer):
        _note_page(Place(EVERY_ELECTION, file, 1), answer, sources)
        read_every_election(file, text, answer, sources, findings)
    elif agency.is_agency_nominations(answer):
        agency.read_agency_nominations(file, text, answer, sources)
    elif (rows := read_api(file, text, findings, has_other_pages=True)) is not None:
        _note_page(Place(DEMOCRACY_CLUB, file, 1), answer, sources)
        read_nominations(rows, sources)
    else:
        _refuse(file, "JSON", findings)


def _note_page(at: Place, answer: object, sources: Sources) -> None:
    """Notes how many items a page of an answer has, and how many there are in all."""
    if isinstance(answer, dict) and isinstance(answer.get("count"), int):
        sources.pages.append(Page(at, len(items(answer)), answer["count"]))


def _read_table(file: Path, text: str, sources: Sources, findings: Findings) -> None:
    known = [needs for several, _ in _TABLES for needs in several]
    attempt = Findings()
    columns, rows = table(file, text, attempt, needs=known[0], others=tuple(known[1:]))
    for several, read in _TABLES:
        if any(all(columns & set(names) for names in needs) for needs in several):
            # The rows carry the findings that they add to.
            _, rows = table(file, text, findings, needs=several[0], others=several[1:])
            read(rows, sources)
            return
    _refuse(file, "a file", findings)


def _refuse(file: Path, kind: str, findings: Findings) -> None:
    findings.fault(file, 1, f"is {kind}, but none of {_KINDS}; correct it, or move it away")
