"""Names: what a council's parties and wards are called."""

from __future__ import annotations

from election.council import Council
from schemas.party import party_key, wire_name


def labels(council: Council) -> dict[str, str]:
    """Returns each party's name: as the standing has it, else as the candidates do.

    A party's own name goes before the label of a joint candidacy.
    """
    found: dict[str, str] = {}
    joint: dict[str, str] = {}
    opened = council.opened
    described = [(each.party_id, each.party) for each in opened.standing] if opened else []
    if council.declared is not None:
        described += [(each.party_id, each.party) for each in council.declared.seats]
    for ward in council.wards.values():
        if ward.listed is not None:
            described += [(each.party_id, each.party) for each in ward.listed.candidates or ()]
        if ward.declared is not None:
            described += [(each.party_id, each.party) for each in ward.declared.candidates]
    for party_id, party in described:
        if party:
            key = party_key(party_id, party)
            names = found if key == (party_id or key) else joint
            names.setdefault(key, party)
    return {**joint, **found}


def wire(key: str, names: dict[str, str]) -> str:
    """Returns a party as the wires print it."""
    return wire_name(key, names.get(key, ""))
