"""What councils come to together, in sentences. Every number says what it covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from schemas.ids import from_slug
from schemas.national import NationalParty, NationalTotals, PartKind, Projection
from schemas.party import NOC
from services.ticker.pages.party_style import party_style
from services.ticker.pages.wording import change, clock, count

_NO_CONTROL = "no overall control"


def sentences(party: NationalParty, totals: NationalTotals) -> list[str]:
    """Returns what is known of a party over all councils, a sentence each."""
    return [*_of_control(party, totals), *_of_seats(party, totals), *_of_votes(party)]


def over(councils: int, known: str) -> str:
    """Returns what a number covers: `over 133 councils whose seats before are known`."""
    whose = f" whose {known} known" if known else ""
    return f"over {count(councils, 'council')}{whose}"


def part_title(kind: PartKind) -> str:
    """Returns the title of the parts of a kind."""
    match kind:
        case "nation":
            return "By nation"
        case "region":
            return "By region"
        case "authority_type":
            return "By type of authority"
        case "cycle":
            return "By how much of a council is elected"
        case "night":
            return "The night"
        case _:
            assert_never(kind)


def published(projection: Projection, election: str) -> str:
    """Returns whose projection it is, and from when if that is known."""
    at = clock(projection.published_at, election)
    return f"as published by {projection.source}{f' at {at}' if at else ''}"


def council_name(council: str) -> str:
    """Returns a council's name made from its id, such as `Barnet`."""
    return from_slug(council.split(".")[1])


def share(percentage: float) -> str:
    """Returns a share without a needless nought: `35%`, `31.4%`."""
    return f"{percentage:.1f}".removesuffix(".0") + "%"


def _of_control(party: NationalParty, totals: NationalTotals) -> Iterator[str]:
    known = party.councils_change
    if known is None:
        return
    covers = over(party.councils_change_covers, "control before is")
    gained, lost = sum(party.gained_from.values()), sum(party.lost_to.values())
    parts = []
    if gained:
        parts.append(f"gained {_each(gained, party.gained_from, 'from', totals)}")
    if lost:
        parts.append(f"lost {_each(lost, party.lost_to, 'to', totals)}")
    yield f"Councils: {'; '.join(parts) or 'none gained or lost'}; net {change(known)} {covers}."


def _of_seats(party: NationalParty, totals: NationalTotals) -> Iterator[str]:
    if party.change_eve_of_poll is not None:
        covers = over(party.change_eve_of_poll_covers, "seats before are")
        changed = change(party.change_eve_of_poll)
        yield f"Seats: {changed} since just before this election, {covers}."
    if party.change_last_election is not None:
        covers = over(party.change_last_election_covers, "seats then are")
        redrawn = totals.councils.last_election_notional
        notional = (
            f", estimated in {count(redrawn, 'council')} with new boundaries" if redrawn else ""
        )
        changed = change(party.change_last_election)
        yield f"Seats: {changed} since the last election, {covers}{notional}."
    if party.seats_defended is not None and party.seats_to_come is not None:
        yield (
            f"Seats it had before: {party.seats_defended:,}"
            f" {over(party.seats_defended_covers, 'seats before are')},"
            f" {party.seats_to_come:,} of them still to come."
        )


def _of_votes(party: NationalParty) -> Iterator[str]:
    if party.votes is None:
        return
    covers = over(party.votes_covers, "votes are")
    of_all = "" if party.vote_share is None else f"{share(party.vote_share)} of all votes, "
    yield f"Votes: {of_all}{party.votes:,} {covers}."


def _each(number: int, councils: Mapping[str, int], way: str, totals: NationalTotals) -> str:
    """Returns councils by whose they were or are: `6 (4 from Con, 2 from Lab)`, `1 from Con`."""
    most_first = sorted(councils.items(), key=lambda each: (-each[1], each[0]))
    each_way = [f"{number} {way} {_name(key, totals)}" for key, number in most_first]
    return each_way[0] if len(each_way) == 1 else f"{number} ({', '.join(each_way)})"


def _name(key: str, totals: NationalTotals) -> str:
    if key == NOC:
        return _NO_CONTROL
    label = next((party.party for party in totals.parties if party.party_id == key), "")
    return party_style(key, label).short
