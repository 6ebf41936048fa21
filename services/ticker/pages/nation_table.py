"""Which parties of a night have a row of their own on its page. No I/O."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.national import NationalParty, NationalTotals
from schemas.party import NOC
from services.ticker.pages.party_style import party_style

PART_PARTIES_MAX = 6
"""Parties named of a part: as many as fit into two lines on a phone. The table has all of them."""


@dataclass(frozen=True, slots=True)
class Others:
    """Parties without a row of their own: how many they are, and the seats they have won."""

    parties: int
    seats_won: int


@dataclass(frozen=True, slots=True)
class PartyTable:
    """The table of parties at the top of a night's page, no overall control last.

    A change of seats has a column only if its baseline is known of anybody.
    """

    rows: tuple[NationalParty, ...]
    others: Others | None
    has_eve_of_poll: bool
    has_last_election: bool


def party_table(totals: NationalTotals) -> PartyTable:
    """Returns the parties of a night in their order, those of a row of their own apart.

    Parties that are local, and neither control nor lose a council, are counted together: a night
    has dozens of them, most with a seat or two. Those that have won and lost nothing are left out.
    """
    shown = [party for party in totals.parties if party.party_id == NOC or _has_anything(party)]
    others = [party for party in shown if _is_small(party)]
    return PartyTable(
        rows=tuple(party for party in shown if not _is_small(party)),
        others=Others(len(others), sum(party.seats_won or 0 for party in others))
        if others
        else None,
        has_eve_of_poll=any(party.change_eve_of_poll_covers for party in shown),
        has_last_election=any(party.change_last_election_covers for party in shown),
    )


def controls(totals: NationalTotals) -> tuple[NationalParty, ...]:
    """Returns who controls a council of a part, with no overall control last."""
    return tuple(party for party in totals.parties if party.councils)[:PART_PARTIES_MAX]


def winners(totals: NationalTotals) -> tuple[NationalParty, ...]:
    """Returns who has won seats in a part, with most seats first."""
    with_seats = [party for party in totals.parties if party.seats_won]
    with_seats.sort(key=lambda party: -(party.seats_won or 0))
    return tuple(with_seats[:PART_PARTIES_MAX])


def _is_small(party: NationalParty) -> bool:
    is_local = party_style(party.party_id, party.party).style == "other"
    return is_local and not party.councils and not party.councils_change


def _has_anything(party: NationalParty) -> bool:
    numbers = (party.councils, party.councils_change, party.seats_won, party.seats_defended)
    return any(numbers) or bool(party.change_eve_of_poll)
