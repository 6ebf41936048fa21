"""The rows of a file of results, in whatever form a newsroom has it, as those of `results.csv`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from readers import democracy_club, lga
from readers.councils import Councils
from readers.csv_table import Needs, Row, table
from readers.democracy_club_api import read_api
from readers.file_kind import is_json, is_xml
from readers.findings import Findings
from readers.modern_gov import read_modern_gov
from readers.stv_stages import of_last_stage
from readers.text_file import read_text

_NEEDS: Final[Needs] = (
    ("council_gss", "council", "ballot_paper_id"),
    ("ward", "ward_gss", "post_label"),
    ("seats_contested",),
    ("candidate", "person_name"),
    ("party", "party_id", "party_name"),
)


def read_result_rows(file: Path, councils: Councils, findings: Findings) -> tuple[Row, ...]:
    """Returns the rows of `results.csv`, or of another form that is recognised by its content.

    Those are Democracy Club's exports and the answers of its API, the schema of the Local
    Government Association, and ModernGov's `GetElectionResults`. Any other file is a fault that
    says what it is.
    """
    text = read_text(file, findings)
    return () if text is None else result_rows(file, text, councils, findings)


def result_rows(file: Path, text: str, councils: Councils, findings: Findings) -> tuple[Row, ...]:
    """Returns the rows of the text of a file, as `read_result_rows` does."""
    if is_xml(text):
        return read_modern_gov(file, text, councils, findings)
    if is_json(text):
        return _of_api(file, text, councils, findings)
    others = (*democracy_club.NEEDS, lga.NEEDS)
    columns, found = table(file, text, findings, needs=_NEEDS, others=others)
    if democracy_club.is_democracy_club(columns):
        return democracy_club.from_democracy_club(found, councils)
    return lga.from_lga(found, councils) if lga.is_lga(columns) else of_last_stage(found)


def _of_api(file: Path, text: str, councils: Councils, findings: Findings) -> tuple[Row, ...]:
    rows = read_api(file, text, findings)
    if rows is None:
        what = "is JSON, but no answer of Democracy Club's API; save it as CSV"
        findings.fault(file, 1, what)
        return ()
    return democracy_club.from_democracy_club(rows, councils)
