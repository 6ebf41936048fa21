"""The totals of a whole night, added up from its councils. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from schemas.party import NOC
from schemas.totals import CouncilTotals
from services.ticker.pages.party_style import party_style


@dataclass(slots=True)
class PartyNightTotals:
    """One party's councils and seats over the whole night.

    `councils_change` counts the decided councils that the party has gained less those that it
    has lost. Councils whose control before is unknown are left out; it is None for all parties
    while that leaves none. `seats_won` leaves out councils declared as a whole where it is not
    known which seats were up. The two seat changes add up only complete councils, because a
    council in mid-count would look like a loss; they are None while there is none.
    """

    key: str
    name: str = ""
    councils: int = 0
    councils_change: int | None = None
    seats_won: int = 0
    change_eve_of_poll: int | None = None
    change_last_election: int | None = None


@dataclass(frozen=True, slots=True)
class NightTotals:
    """The table at the top of a night's page.

    A seat change is shown only if its baseline, the eve of poll or the last election, is known
    for any council. `…_covers` counts the councils that it adds up.
    """

    parties: tuple[PartyNightTotals, ...]
    councils: int
    councils_determined: int
    councils_complete: int
    councils_of_unknown_prior: int
    councils_of_unknown_won: int
    eve_of_poll_covers: int
    last_election_covers: int
    wards: int
    wards_declared: int
    seats_declared: int
    notional: bool
    eve_of_poll_known: bool
    last_election_known: bool


OTHERS: Final = "others"
"""The key of the row that adds up the parties without a row of their own."""


def night_totals(councils: Iterable[CouncilTotals]) -> NightTotals:
    """Returns the night's totals, the party with most seats won first, then by councils."""
    every = list(councils)
    parties: dict[str, PartyNightTotals] = {}
    for totals in every:
        _add_control(parties, totals)
        _add_seats(parties, totals)
    if any(_is_compared(totals) for totals in every):
        for row in parties.values():
            row.councils_change = row.councils_change or 0
    by_seats = sorted(parties.values(), key=lambda row: (-row.seats_won, -row.councils, row.key))
    determined = [totals for totals in every if totals.decided]
    return NightTotals(
        parties=_shortened(by_seats),
        councils=len(every),
        councils_determined=len(determined),
        councils_complete=sum(totals.complete for totals in every),
        councils_of_unknown_prior=sum(totals.control_before is None for totals in determined),
        councils_of_unknown_won=sum(not totals.seats_won_known for totals in every),
        eve_of_poll_covers=_covers(every, "change_eve_of_poll"),
        last_election_covers=_covers(every, "change_last_election"),
        wards=sum(totals.wards_total for totals in every),
        wards_declared=sum(totals.wards_declared for totals in every),
        seats_declared=sum(totals.seats_declared for totals in every if totals.seats_won_known),
        notional=any(totals.last_election_notional for totals in every),
        eve_of_poll_known=any(
            party.seats_eve_of_poll is not None for totals in every for party in totals.parties
        ),
        last_election_known=any(
            party.seats_last_election is not None for totals in every for party in totals.parties
        ),
    )


def _shortened(rows: list[PartyNightTotals]) -> tuple[PartyNightTotals, ...]:
    """Returns the rows that are shown, no overall control last.

    Local parties that control no council are added up in one row: a night has dozens of them,
    most with a seat or two. Parties that have won and lost nothing are left out.
    """
    compared = any(row.councils_change is not None for row in rows)
    others = PartyNightTotals(OTHERS, "Others", councils_change=0 if compared else None)
    named: list[PartyNightTotals] = []
    for row in rows:
        local = party_style(row.key, row.name).style == "other"
        if local and not row.councils and not row.councils_change:
            _add_to(others, row)
        elif row.key != NOC and _has_anything(row):
            named.append(row)
    rest = [others] if others.seats_won or others.change_eve_of_poll else []
    none = [row for row in rows if row.key == NOC]
    return (*named, *rest, *none)


def _has_anything(row: PartyNightTotals) -> bool:
    return any((row.councils, row.councils_change, row.seats_won, row.change_eve_of_poll))


def _add_to(others: PartyNightTotals, row: PartyNightTotals) -> None:
    others.seats_won += row.seats_won
    others.change_eve_of_poll = _plus(others.change_eve_of_poll, row.change_eve_of_poll)
    others.change_last_election = _plus(others.change_last_election, row.change_last_election)


def _covers(
    councils: Iterable[CouncilTotals],
    change: Literal["change_eve_of_poll", "change_last_election"],
) -> int:
    """Returns how many complete councils have a change of seats to add up."""
    return sum(
        totals.complete and any(getattr(party, change) is not None for party in totals.parties)
        for totals in councils
    )


def _add_control(parties: dict[str, PartyNightTotals], totals: CouncilTotals) -> None:
    if totals.control is None or not totals.decided:
        return
    row = parties.setdefault(totals.control, PartyNightTotals(totals.control))
    row.name = row.name or totals.control_name
    row.councils += 1
    before = totals.control_before
    if before is not None and before != totals.control:
        row.councils_change = _plus(row.councils_change, 1)
        lost = parties.setdefault(before, PartyNightTotals(before))
        lost.councils_change = _plus(lost.councils_change, -1)


def _is_compared(totals: CouncilTotals) -> bool:
    return totals.decided and totals.control_before is not None


def _add_seats(parties: dict[str, PartyNightTotals], totals: CouncilTotals) -> None:
    for party in totals.parties:
        if party.party_id == NOC:
            continue
        row = parties.setdefault(party.party_id, PartyNightTotals(party.party_id))
        row.name = row.name or party.party
        row.seats_won += party.seats_won if totals.seats_won_known else 0
        if totals.complete:
            row.change_eve_of_poll = _plus(row.change_eve_of_poll, party.change_eve_of_poll)
            row.change_last_election = _plus(row.change_last_election, party.change_last_election)


def _plus(so_far: int | None, more: int | None) -> int | None:
    """Returns a sum in which None stands for nothing known."""
    return so_far if more is None else (so_far or 0) + more
