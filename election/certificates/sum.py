"""The sum of a certificate in one line that a reporter can follow."""

from __future__ import annotations

from election.rules.majority import may_control
from schemas.certificate import Certificate, PartyRange
from schemas.party import NOC

_SHOWN_MAX = 3
"""The parties that are named if none can have control: those that can get nearest to a majority."""


def sum_line(made: Certificate) -> str:
    """Returns why what a certificate says is certain, in numbers that all stand in it."""
    total, majority = made.seats_total, made.majority
    if made.certain == NOC:
        reach = _reach(made)
        ends = f": {', '.join(reach)}" if reach else ""
        return f"Nobody can reach {majority} of {total} seats{ends}."
    found = {each.party_id: each for each in made.parties}.get(made.certain)
    if made.kind == "incumbent_out":
        if found is None:
            open_to_any = _open_to_any(made)
            return f"{made.certain}: {open_to_any} of {total} seats at most; {majority} are needed."
        return (
            f"{found.party}: {found.best} of {total} seats at most, {found.held} held and"
            f" {found.best - found.held} open to it; {majority} are needed."
        )
    return "" if found is None else _win(made, found)


def _win(made: Certificate, party: PartyRange) -> str:
    if made.council_result is not None:
        by = "by the result of the council as a whole"
    else:
        not_up = sum(each.seats for each in made.not_up if each.party_id == party.party_id)
        by = f"{not_up} not up and {party.held - not_up} won"
        forced = party.least - party.held
        by += f", and {forced} by nominations alone" if forced else ""
    least, total, majority = party.least, made.seats_total, made.majority
    return f"{party.party}: {least} of {total} seats at least, {by}; {majority} are a majority."


def _reach(made: Certificate) -> list[str]:
    """Returns where those end at most that may have control, and come nearest to it."""
    ranked = sorted(
        (-each.best, each.party_id, each.party)
        for each in made.parties
        if may_control(each.party_id, independents_as_party=made.independents_as_party)
    )
    shown = [f"{party} {-best} at most" for best, _, party in ranked[:_SHOWN_MAX]]
    open_to_any = _open_to_any(made)
    return shown + ([f"anyone else {open_to_any} at most"] if open_to_any else [])


def _open_to_any(made: Certificate) -> int:
    return made.unaccounted + sum(each.seats for each in made.open_wards if each.open_to_any)
