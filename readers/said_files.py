"""Files and answers of any form that is known, as what their source says of a night."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import orjson
from pydantic import ValidationError

from readers import council_results
from readers.agency_items import RESULT
from readers.council_results import council_results_of
from readers.csv_table import Row, table
from readers.democracy_club import from_democracy_club
from readers.democracy_club_api import read_api
from readers.file_kind import is_json, is_xml
from readers.findings import Findings
from readers.press_association import read_press_association
from readers.result_rows import result_rows
from readers.said import Said, SaidReader
from readers.text_file import read_text
from schemas.council_result import CouncilDeclared
from schemas.events import EVENT_TYPES, ballot_of, decode_event
from schemas.refusal import refusals
from schemas.ward import WardDeclared

_WARDS: Final = frozenset({"ward", "ward_gss", "post_label", "seats_contested"})
"""Columns that only a file of wards has."""

_EVENT: Final = tuple(f'"{kind}"' for kind in EVENT_TYPES)


def read_said(file: Path, reader: SaidReader, findings: Findings) -> Said:
    """Returns what a file says: results of wards or of whole councils, in any form that is known.

    Those are the files of a night, Democracy Club's exports and the answers of its API, the
    schema of the Local Government Association, ModernGov's `GetElectionResults`, the Press
    Association's results of councils, and events. What
    cannot be read or matched is a fault in `findings`; all else is read.
    """
    text = read_text(file, findings)
    return Said() if text is None else said_in(file, text, reader, findings)


def said_in(file: Path, text: str, reader: SaidReader, findings: Findings) -> Said:
    """Returns what the text of a file says, as `read_said` does."""
    places = reader.places
    if is_json(text):
        return _json(file, text, reader, findings)
    if not is_xml(text) and _is_of_councils(file, text):
        _, rows = table(file, text, findings, needs=council_results.NEEDS)
        found = council_results_of(rows, places.councils, places.parties, mode=reader.mode)
        return Said(_highest(found))
    return reader.read(result_rows(file, text, places.councils, findings), findings)


def said_on_pages(
    pages: Iterable[tuple[Path, str]], reader: SaidReader, findings: Findings
) -> Said | None:
    """Returns what the pages of one answer of Democracy Club's API say; None if one is none."""
    rows: list[Row] = []
    for file, text in pages:
        of_page = read_api(file, text, findings, has_other_pages=True)
        if of_page is None:
            return None
        rows += of_page
    of_councils = from_democracy_club(tuple(rows), reader.places.councils)
    return reader.read(of_councils, findings)


def _is_of_councils(file: Path, text: str) -> bool:
    columns, _ = table(file, text, Findings(), needs=council_results.NEEDS)
    return bool(columns) and not columns & _WARDS


def _json(file: Path, text: str, reader: SaidReader, findings: Findings) -> Said:
    if any(kind in text for kind in _EVENT):
        return _events(file, text, reader, findings)
    if f'"{RESULT}"' in text:
        places = reader.places
        of_agency = read_press_association(file, text, places.councils, findings)
        found = council_results_of(of_agency, places.councils, places.parties, mode=reader.mode)
        return Said(_highest(found))
    rows = read_api(file, text, findings)
    if rows is None:
        what = "is JSON, but neither events nor an answer of Democracy Club's API; save it as CSV"
        findings.fault(file, 1, what)
        return Said()
    return reader.read(from_democracy_club(rows, reader.places.councils), findings)


def _events(file: Path, text: str, reader: SaidReader, findings: Findings) -> Said:
    """Returns the results among events: one JSON object, an array, or one on each line."""
    found: list[WardDeclared | CouncilDeclared] = []
    for line, payload in _payloads(text):
        try:
            event = decode_event(payload)
        except ValidationError as error:
            for refusal in refusals(error):
                findings.fault(file, line, str(refusal))
            continue
        if not isinstance(event, WardDeclared | CouncilDeclared):
            what = f"type: {event.type!r}: a feed says results alone; declare it"
            findings.fault(file, line, what)
        elif event.mode != reader.mode:
            findings.fault(file, line, f"mode: {event.mode!r}: this namespace takes {reader.mode}")
        elif not reader.has(event):
            subject = ballot_of(event) or event.council
            what = f"{subject!r} is not in the night; correct one of the two"
            findings.fault(file, line, f"ballot_paper_id: {what}")
        else:
            found.append(event)
    return Said(_highest(found))


def _payloads(text: str) -> Iterable[tuple[int, bytes]]:
    """Yields each object of a JSON text with its line."""
    try:
        whole = orjson.loads(text)
    except orjson.JSONDecodeError:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield number, line.encode()
        return
    for each in whole if isinstance(whole, list) else [whole]:
        yield 1, orjson.dumps(each)


def _highest(
    events: Iterable[WardDeclared | CouncilDeclared],
) -> tuple[WardDeclared | CouncilDeclared, ...]:
    """Returns the last event of the highest revision of each subject, in the order of the file."""
    newest: dict[tuple[str, str], WardDeclared | CouncilDeclared] = {}
    for event in events:
        ballot = event.ballot_paper_id if isinstance(event, WardDeclared) else ""
        known = newest.get((event.council, ballot))
        if known is None or event.revision >= known.revision:
            newest[event.council, ballot] = event
    return tuple(newest.values())
