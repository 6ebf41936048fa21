"""The party that a row names."""

from __future__ import annotations

from readers.csv_table import Row
from readers.party_label import lumps_parties
from readers.party_register import OtherPartyError, Party, PartyRegister


def read_party(
    row: Row, register: PartyRegister, nation: str, *, holds: bool = True
) -> Party | None:
    """Returns the party in the columns `party_id` and `party`, or None after adding a fault.

    Both blank is an independent. Warns of a label that stands for several parties, if the row
    holds anything that is counted.
    """
    party, party_id = row.text("party"), row.text("party_id")
    try:
        found = register.party(party_id, party, nation=nation)
    except OtherPartyError as error:
        row.findings.fault(row.file, row.line, str(error))
        return None
    if holds and lumps_parties(found.party_id, found.party):
        row.warn("party", "lumps several parties, and is counted as one", once=f"lump {party}")
    return found
