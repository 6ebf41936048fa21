"""`moderngov.csv`: the councils that serve `GetElectionResults`, and where.

Columns: `council`, `address`. A council that has several elections has a row for each.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from readers.councils import Councils, ListedCouncil
from readers.csv_table import read_table
from readers.findings import Findings

NAME = "moderngov.csv"
"""What the file is called in the folder of a night."""


class CouncilAddress(NamedTuple):
    """An address, and the council whose results it answers with."""

    council: ListedCouncil
    address: str


def read_addresses(
    file: Path, councils: Councils, findings: Findings
) -> tuple[CouncilAddress, ...]:
    """Returns the addresses of a file. Faults are added to `findings`; faulty rows are left out."""
    _, rows = read_table(file, findings, needs=(("council",), ("address",)))
    found: dict[str, CouncilAddress] = {}
    for row in rows:
        council, address = councils.find("", row.text("council")), row.text("address")
        if council is None:
            row.fault("council", "is not in councils.csv; add the council there")
        elif not _is_address(address):
            row.fault("address", "is no address; give one that begins with https://")
        elif address in found:
            row.fault("address", "is listed twice; give each address once")
        else:
            found[address] = CouncilAddress(council, address)
    if not rows and not findings.fault_count:
        findings.fault(file, 1, "has no address; give a row for each council")
    return tuple(found.values())


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
