"""`pa-ids.csv`: the councils and parties that the Press Association's ids stand for.

Columns: `pa_id, council, party`, of which a row has `council` or `party`. `party` is an id or a
name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from readers.councils import Councils, ListedCouncil
from readers.csv_table import Row, read_table
from readers.findings import Findings
from readers.party_id import canonical_party_id, is_party_id

NAME = "pa-ids.csv"
"""What the file is called in the folder of a night."""


@dataclass(frozen=True, slots=True)
class AgencyIds:
    """The councils and the parties of ids; a party as an id, or as a name if it has none."""

    councils: dict[str, ListedCouncil] = field(default_factory=dict)
    parties: dict[str, str] = field(default_factory=dict)


def read_agency_ids(file: Path, councils: Councils, findings: Findings) -> AgencyIds:
    """Returns the ids of a file. Faults are added to `findings`; faulty rows are left out."""
    ids = AgencyIds()
    _, rows = read_table(file, findings, needs=(("pa_id",), ("council", "party")))
    for row in rows:
        _add(row, councils, ids)
    return ids


def _add(row: Row, councils: Councils, ids: AgencyIds) -> None:
    pa_id, name, party = row.text("pa_id"), row.text("council"), row.text("party")
    if not pa_id or bool(name) == bool(party):
        row.fault("pa_id", "needs either a council or a party; give one of the two")
    elif name:
        council = councils.find("", name)
        if council is None:
            row.fault("council", "is not in councils.csv; add the council there")
        elif ids.councils.setdefault(pa_id, council) is not council:
            row.fault("pa_id", "is another council's on a line above; keep one of the two")
    else:
        given = canonical_party_id(party)
        found = given if is_party_id(given) else party
        if ids.parties.setdefault(pa_id, found) != found:
            row.fault("pa_id", "is another party's on a line above; keep one of the two")
