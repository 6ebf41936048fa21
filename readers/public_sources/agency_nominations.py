"""The Press Association's nominations of councils, as JSON or as the XML it is made from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from readers.agency_items import NOMINATIONS, as_json, attribute, parties
from readers.councils import SEATS_MAX
from readers.findings import Findings
from readers.json_parts import items, part, whole
from readers.public_sources.records import (
    AGENCY,
    AgencyNominations,
    AgencyParty,
    Place,
    Sources,
)
from readers.xml_root import xml_root

_REVISION_MAX: Final = 1_000_000
_CANDIDATES_MAX: Final = 10_000
"""The most candidates of a party in one council; the largest has some 120 seats."""


def is_agency_nominations(answer: object) -> bool:
    """Returns whether a JSON answer holds nominations of councils."""
    return any(NOMINATIONS in each for each in items(answer))


def is_agency_xml(text: str) -> bool:
    """Returns whether an XML text holds nominations of councils."""
    return f"<{NOMINATIONS}" in text


def read_agency_nominations(file: Path, text: str, answer: object, sources: Sources) -> None:
    """Adds what a JSON answer says of each council's nominations."""
    found = [part(each, NOMINATIONS) for each in items(answer)]
    _add(file, text, f'"{NOMINATIONS}"', found, sources)


def read_agency_xml(file: Path, text: str, sources: Sources, findings: Findings) -> None:
    """Adds what an XML text says of each council's nominations."""
    root = xml_root(file, text, findings, remedy="save it anew")
    if root is None:
        return
    _add(
        file,
        text,
        f"<{NOMINATIONS}",
        [as_json(each) for each in root.iter(NOMINATIONS)],
        sources,
    )


def _add(file: Path, text: str, mark: str, found: list[dict[str, Any]], sources: Sources) -> None:
    lines = [number for number, line in enumerate(text.split("\n"), 1) if mark in line]
    for number, each in enumerate(found):
        council = part(part(each, "Election"), "Council")
        line = lines[min(number, len(lines) - 1)] if lines else 1
        sources.agency.append(
            AgencyNominations(
                at=Place(AGENCY, file, line),
                council=attribute(council, "name"),
                revision=whole(attribute(each, "revision"), most=_REVISION_MAX) or 0,
                proportion=attribute(council, "proportion"),
                parties=tuple(map(_party, parties(council))),
            )
        )


def _party(found: dict[str, Any]) -> AgencyParty:
    return AgencyParty(
        party=attribute(found, "name"),
        held=whole(attribute(found, "seatsHeld"), most=SEATS_MAX),
        candidates=whole(attribute(found, "candidates"), most=_CANDIDATES_MAX),
    )
