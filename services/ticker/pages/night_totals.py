"""The totals of a whole night, added up from its councils. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.party import NOC
from schemas.totals import CouncilTotals
from services.ticker.pages.party_style import party_style


@dataclass(slots=True)
class PartyLine:
    """One party's night. A change is None until a council that counts towards it is complete.

    `councils_change` compares the councils determined with what they were before, where that
    is known; it is None for all while it is known of none. The two seat changes add up complete
    councils alone: a council in mid-count would look like a loss.
    """

    key: str
    name: str = ""
    councils: int = 0
    councils_change: int | None = None
    seats_won: int = 0
    change_eve_of_poll: int | None = None
    change_last_election: int | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    """The strip on top of a night. A baseline that no council has is not shown."""

    lines: tuple[PartyLine, ...]
    councils: int
    councils_determined: int
    councils_complete: int
    councils_of_unknown_prior: int
    wards: int
    wards_declared: int
    seats_declared: int
    notional: bool
    eve_of_poll_known: bool
    last_election_known: bool


OTHERS = "others"
"""The key of the line that adds up the parties not named."""


def headline(councils: Iterable[CouncilTotals]) -> Headline:
    """Returns the night's totals; parties by seats won, then by councils."""
    everything = list(councils)
    lines: dict[str, PartyLine] = {}
    for totals in everything:
        _add_control(lines, totals)
        _add_seats(lines, totals)
    if any(_is_compared(totals) for totals in everything):
        for line in lines.values():
            line.councils_change = line.councils_change or 0
    ranked = sorted(lines.values(), key=lambda line: (-line.seats_won, -line.councils, line.key))
    determined = [totals for totals in everything if totals.control is not None]
    return Headline(
        lines=_shortened(ranked),
        councils=len(everything),
        councils_determined=len(determined),
        councils_complete=sum(is_complete(totals) for totals in everything),
        councils_of_unknown_prior=sum(totals.control_before is None for totals in determined),
        wards=sum(totals.wards_total for totals in everything),
        wards_declared=sum(totals.wards_declared for totals in everything),
        seats_declared=sum(totals.seats_declared for totals in everything),
        notional=any(totals.last_election_notional for totals in everything),
        eve_of_poll_known=any(
            party.change_eve_of_poll is not None
            for totals in everything
            for party in totals.parties
        ),
        last_election_known=any(
            party.change_last_election is not None
            for totals in everything
            for party in totals.parties
        ),
    )


def _shortened(ranked: list[PartyLine]) -> tuple[PartyLine, ...]:
    """Returns the lines with the local parties that control no council added up, NOC last.

    A night has dozens of them, most with a seat or two. Who has won and lost nothing is left out.
    """
    compared = any(line.councils_change is not None for line in ranked)
    others = PartyLine(OTHERS, "Others", councils_change=0 if compared else None)
    named: list[PartyLine] = []
    for line in ranked:
        local = party_style(line.key, line.name).style == "other"
        if local and not line.councils and not line.councils_change:
            _add_to(others, line)
        elif line.key != NOC and _has_anything(line):
            named.append(line)
    rest = [others] if others.seats_won or others.change_eve_of_poll else []
    none = [line for line in ranked if line.key == NOC]
    return (*named, *rest, *none)


def _has_anything(line: PartyLine) -> bool:
    return any((line.councils, line.councils_change, line.seats_won, line.change_eve_of_poll))


def _add_to(others: PartyLine, line: PartyLine) -> None:
    others.seats_won += line.seats_won
    others.change_eve_of_poll = _plus(others.change_eve_of_poll, line.change_eve_of_poll)
    others.change_last_election = _plus(others.change_last_election, line.change_last_election)


def is_complete(totals: CouncilTotals) -> bool:
    """Tells whether every ward of a council has declared."""
    return totals.wards_declared >= totals.wards_total and totals.control is not None


def _add_control(lines: dict[str, PartyLine], totals: CouncilTotals) -> None:
    if totals.control is None:
        return
    line = lines.setdefault(totals.control, PartyLine(totals.control))
    line.name = line.name or totals.control_name
    line.councils += 1
    before = totals.control_before
    if before is not None and before != totals.control:
        line.councils_change = _plus(line.councils_change, 1)
        lost = lines.setdefault(before, PartyLine(before))
        lost.councils_change = _plus(lost.councils_change, -1)


def _is_compared(totals: CouncilTotals) -> bool:
    return totals.control is not None and totals.control_before is not None


def _add_seats(lines: dict[str, PartyLine], totals: CouncilTotals) -> None:
    complete = is_complete(totals)
    for party in totals.parties:
        if party.party_id == NOC:
            continue
        line = lines.setdefault(party.party_id, PartyLine(party.party_id))
        line.name = line.name or party.party
        line.seats_won += party.seats_won
        if complete:
            line.change_eve_of_poll = _plus(line.change_eve_of_poll, party.change_eve_of_poll)
            line.change_last_election = _plus(line.change_last_election, party.change_last_election)


def _plus(so_far: int | None, more: int | None) -> int | None:
    return so_far if more is None else (so_far or 0) + more
