"""What the Press Association says of the councils of a night: results, rushes, nominations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from readers.agency_ids import NAME, AgencyIds
from readers.agency_items import (
    NOMINATIONS,
    RESULT,
    RUSH,
    Item,
    agency_items,
    attribute,
    parties,
)
from readers.council_results import council_results_of
from readers.councils import ListedCouncil
from readers.csv_table import Row
from readers.findings import Findings
from readers.json_parts import part
from readers.party_id import is_party_id
from readers.party_register import OtherPartyError, Party
from readers.press_association import NO_SEATS, result_cells
from readers.said import SaidReader
from readers.text_file import read_text
from schemas.council_result import CouncilDeclared
from schemas.party import party_key

_COUNTED: Final = frozenset({RESULT, RUSH, NOMINATIONS})


class AgencySaid(NamedTuple):
    """What a file of the agency says.

    `rushes` come before the result of a council, which replaces them. `notes` are messages that
    are read and not counted, each in one line.
    """

    results: tuple[CouncilDeclared, ...] = ()
    rushes: tuple[CouncilDeclared, ...] = ()
    notes: tuple[str, ...] = ()


class AgencyReader:
    """Reads the agency's messages beside the files of a night.

    A council is found by its id in `ids`, else by its name; a party in the same way. Two that
    contradict each other are a fault, and so is another day.
    """

    def __init__(self, reader: SaidReader, ids: AgencyIds) -> None:
        self._places = reader.places
        self._mode = reader.mode
        self._ids = ids
        self._nominated = _nominated(reader)

    def read(self, file: Path, findings: Findings) -> AgencySaid:
        """Returns what a file says; what cannot be read or matched is a fault in `findings`."""
        text = read_text(file, findings)
        items = agency_items(file, text, findings) if text is not None else ()
        known = [item for item in items if item.kind in _COUNTED]
        notes = [f"{item.kind}: not counted" for item in items if item.kind not in _COUNTED]
        if text is not None and not items and not findings.fault_count:
            findings.fault(file, 1, "has no message of the Press Association; correct it")
        rows: dict[str, list[Row]] = {RESULT: [], RUSH: []}
        for item in known:
            council = self._council(file, item, findings)
            if council is None:
                continue
            if item.kind == NOMINATIONS:
                self._check_nominations(file, item, council, findings)
                continue
            found = self._rows(file, item, council, findings)
            rows[item.kind] += found
            if not found and item.kind == RUSH:
                notes.append(_flash(item, council))
            elif not found:
                findings.fault(file, item.line, NO_SEATS)
        results, rushes = (self._declared(rows[kind]) for kind in (RESULT, RUSH))
        return AgencySaid(results, rushes, tuple(notes))

    def _council(self, file: Path, item: Item, findings: Findings) -> ListedCouncil | None:
        """Returns the council of a message; None after adding a fault."""
        election = part(item.content, "Election")
        council = part(election, "Council")
        pa_id, name, day = (
            attribute(council, "paId"),
            attribute(council, "name"),
            attribute(election, "date"),
        )
        of_id = self._ids.councils.get(pa_id)
        of_name = self._places.councils.find("", name)
        found = of_id or of_name
        if found is None:
            what = f"{name!r} with the id {pa_id!r} is no council of the night; add it to {NAME}"
        elif of_id and of_name and of_id is not of_name:
            what = f"{name!r} has the id {pa_id!r}, {of_id.name}'s in {NAME}; correct that"
        elif day and day.replace("-", "") != found.poll.strftime("%Y%m%d"):
            what = f"{name!r} is of {day}, and the night's poll is on {found.poll}; move it away"
        else:
            return found
        findings.fault(file, item.line, f"Council: {what}")
        return None

    def _rows(
        self, file: Path, item: Item, council: ListedCouncil, findings: Findings
    ) -> list[Row]:
        found = []
        for cells in result_cells(item.content):
            named = {"council": council.name, "council_gss": council.council_gss}
            if item.kind == RUSH:
                # Its number is of rushes alone; the first result replaces any of them.
                named |= {"revision": "", "source": "PA rush"}
            party = self._ids.parties.get(cells["pa_id"], "")
            named["party_id" if is_party_id(party) else "party"] = party or cells["party"]
            found.append(Row(file, item.line, {**cells, **named}, findings))
        return found

    def _declared(self, rows: Iterable[Row]) -> tuple[CouncilDeclared, ...]:
        """Returns the result of the highest revision of each council."""
        places = self._places
        found = council_results_of(tuple(rows), places.councils, places.parties, mode=self._mode)
        newest: dict[str, CouncilDeclared] = {}
        for each in found:
            known = newest.setdefault(each.council, each)
            if each.revision > known.revision:
                newest[each.council] = each
        return tuple(newest.values())

    def _check_nominations(
        self, file: Path, item: Item, council: ListedCouncil, findings: Findings
    ) -> None:
        """Adds a fault for each party of which the night has another number of candidates."""
        nominated = self._nominated.get(council.council)
        if nominated is None:
            return
        who = self._places.parties[council.council]
        for each in parties(part(part(item.content, "Election"), "Council")):
            label, given = attribute(each, "name"), attribute(each, "candidates")
            known = self._ids.parties.get(attribute(each, "paId"), "")
            try:
                party = who.of_label(*((known, "") if is_party_id(known) else ("", known or label)))
            except OtherPartyError as error:
                findings.fault(file, item.line, str(error))
                continue
            standing = nominated[party_key(*party)]
            if given.isdecimal() and given != str(standing):
                what = f"{given} of {label} in {council.name}, and {standing} in the night"
                findings.fault(
                    file, item.line, f"candidates: {what}; see which is right, and prepare again"
                )


def _nominated(reader: SaidReader) -> dict[str, Counter[str]]:
    """Returns the candidates of each party in councils of which all nominations are known."""
    found: dict[str, Counter[str]] = {}
    unknown: set[str] = set()
    for ballot in reader.places.ballots:
        council = ballot.council.council
        if any(row.unknown for row in ballot.rows):
            unknown.add(council)
        of_council = found.setdefault(council, Counter())
        of_council.update(party_key(*Party(row.party_id, row.party)) for row in ballot.rows)
    return {council: counts for council, counts in found.items() if council not in unknown}


def _flash(item: Item, council: ListedCouncil) -> str:
    """Returns what a rush without seats says: who controls the council, by the agency's word."""
    found = part(part(item.content, "Election"), "Council")
    words = (attribute(found, name) for name in ("winningParty", "gainOrHold", "sittingParty"))
    return f"rush of {council.name}, not counted: {' '.join(filter(None, words))}"
