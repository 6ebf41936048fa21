"""What facts rest on: the totals of a council and of its wards."""

from __future__ import annotations

from typing import Final

from drafts.facts import Basis, Name, Number, Party
from schemas.party import INDEPENDENT, NOC
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals

NO_GROUP: Final = frozenset({NOC, "Others", "Other", "No Description"})
"""What seats are counted under of people who have nothing in common."""

NOT_ONE_PARTY: Final = NO_GROUP | {INDEPENDENT}
"""What seats are counted under that no party holds, so that it can be short of no majority."""


def council_basis(
    totals: CouncilTotals, plus: tuple[str, ...] = (), minus: tuple[str, ...] = ()
) -> Basis:
    """Returns what rests on a council's totals; a number is the sum of what `plus` points to."""
    link = f"/councils/{totals.council}"
    return Basis("council", totals.council, totals.version, link, plus, minus)


def council_number(totals: CouncilTotals, field: str) -> Number | None:
    """Returns a number of a council's totals; None if it is not known."""
    value = getattr(totals, field)
    return None if value is None else Number(value, council_basis(totals, (f"/{field}",)))


def named(totals: CouncilTotals) -> Name:
    """Returns a council's name."""
    return Name(totals.name, council_basis(totals))


def party_at(totals: CouncilTotals, key: str | None) -> Party | None:
    """Returns a party of a council by its key; None for none, and for no overall control."""
    if key is None or key == NOC:
        return None
    label = next((each.party for each in totals.parties if each.party_id == key), "")
    return Party(key, label)


def ward_name(ward: WardTotals) -> Name:
    """Returns a ward's name."""
    return Name(ward.ward, ward_basis(ward))


def ward_basis(ward: WardTotals, plus: tuple[str, ...] = (), minus: tuple[str, ...] = ()) -> Basis:
    """Returns what rests on a ward's totals; a number is the sum of what `plus` points to."""
    link = f"/councils/{ward.council}/wards/{ward.ballot_paper_id}"
    return Basis("ward", ward.ballot_paper_id, ward.revision, link, plus, minus)
