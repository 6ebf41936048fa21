"""A party as somebody writes it, by the key that its seats are counted under."""

from __future__ import annotations

from readers.party_id import canonical_party_id, is_party_id
from readers.party_register import PartyRegister
from schemas.party import NOC, party_key


def key_of_party(written: str) -> str:
    """Returns the key of a party that is written as its id, as its name, or as NOC.

    A name that is in no register is a local party's own; a blank text stays blank.
    """
    text = written.strip()
    if not text or text.upper() == NOC:
        return text.upper()
    identifier = canonical_party_id(text)
    if is_party_id(identifier):
        return party_key(identifier, "")
    party = PartyRegister().party("", text)
    return party_key(party.party_id, party.party)
