"""`parties.csv`: what a newsroom calls the parties, one row for each label.

Columns: `party_id, party, alias`. `alias` is a label as some source writes it, `party` the name
to be shown, and `party_id` whose it is. Without `party_id` the label is a party of its own.
"""

from __future__ import annotations

from pathlib import Path

from readers.csv_table import Row, read_table
from readers.findings import Findings
from readers.party_id import canonical_party_id, is_party_id
from readers.party_register import Alias, PartyRegister
from schemas.spelling import compared

NAME = "parties.csv"
"""What the file is called where it lies beside the other files of a night."""


def beside(councils: Path) -> Path | None:
    """Returns the `parties.csv` beside a night's `councils.csv`, or None if there is none."""
    file = councils.parent / NAME
    return file if file.is_file() else None


def read_register(file: Path | None, findings: Findings) -> PartyRegister:
    """Returns the register of parties with what a newsroom adds to it in a file, if there is one.

    Faults are added to `findings`; faulty rows are left out.
    """
    if file is None:
        return shipped_register()
    _, rows = read_table(file, findings, needs=(("party_id", "party"), ("alias", "party")))
    aliases: dict[str, tuple[int, Alias]] = {}
    for row in rows:
        alias = _alias(row)
        if alias is None:
            continue
        line, earlier = aliases.setdefault(compared(alias.label), (row.line, alias))
        if earlier.party_id != alias.party_id:
            row.fault("alias", f"is another party's on line {line}; keep one of the two")
    return PartyRegister(alias for _, alias in aliases.values())


def _alias(row: Row) -> Alias | None:
    party_id, party = canonical_party_id(row.text("party_id")), row.text("party")
    label = row.text("alias") or party
    if party_id and not is_party_id(party_id):
        row.fault("party_id", "is no id of a party; give one such as PP52, or leave it blank")
        return None
    if not compared(label):
        row.fault("alias", "names nobody; give the label in letters")
        return None
    return Alias(label, party_id, party or ("" if party_id else label))


_SHIPPED = PartyRegister()


def shipped_register() -> PartyRegister:
    """Returns the register as the package has it, always the same one."""
    return _SHIPPED
