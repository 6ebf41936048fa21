"""Tally: a council's seats by party, kept up ward by ward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from election.share import Share
from schemas.council import CouncilOpened
from schemas.party import party_key


class Line(NamedTuple):
    """One party's seats: not up, won, and the most and fewest of the seats still open.

    `stood` counts the wards it stands in, and one more where it is listed in the standing.
    """

    not_up: int = 0
    won: int = 0
    reach: int = 0
    forced: int = 0
    stood: int = 0


class Tally(NamedTuple):
    """A council's lines, and the sums of its wards' shares."""

    lines: Mapping[str, Line]
    unknown: frozenset[str]
    not_up: int
    wards: int = 0
    decided: int = 0
    awaited: int = 0
    seats: int = 0
    filled: int = 0
    still_open: int = 0
    anyones: int = 0


_NOBODY = Line()


def open_tally(opened: CouncilOpened, shares: Iterable[Share]) -> Tally:
    """Returns the tally of a council from the standing of its parties and its wards' shares.

    Holdings that nobody stated are 0 where the whole council is elected.
    """
    lines: dict[str, Line] = {}
    unknown = set()
    for party in opened.standing:
        key = party_key(party.party_id, party.party)
        if party.seats_not_up is None and opened.cycle != "all-out":
            unknown.add(key)
        line = lines.get(key, _NOBODY)
        lines[key] = Line(not_up=line.not_up + (party.seats_not_up or 0), stood=1)
    not_up = sum(line.not_up for line in lines.values())
    tally = Tally(lines, frozenset(unknown), not_up)
    nothing = Share()
    for share in shares:
        tally = move(tally, nothing, share)
    return tally


def move(tally: Tally, old: Share, new: Share) -> Tally:
    """Returns the tally with one ward's share replaced. Costs the same however many wards."""
    lines = dict(tally.lines)
    for party, part in old.parts.items():
        line = lines[party]
        lines[party] = Line(
            line.not_up,
            line.won - part.won,
            line.reach - part.reach,
            line.forced - part.forced,
            line.stood - part.stood,
        )
    for party, part in new.parts.items():
        line = lines.get(party, _NOBODY)
        lines[party] = Line(
            line.not_up,
            line.won + part.won,
            line.reach + part.reach,
            line.forced + part.forced,
            line.stood + part.stood,
        )
    for party in old.parts:
        if lines[party].stood == 0:
            del lines[party]
    return Tally(
        lines,
        tally.unknown,
        tally.not_up,
        tally.wards - old.wards + new.wards,
        tally.decided - old.decided + new.decided,
        tally.awaited - old.awaited + new.awaited,
        tally.seats - old.seats + new.seats,
        tally.filled - old.filled + new.filled,
        tally.still_open - old.still_open + new.still_open,
        tally.anyones - old.anyones + new.anyones,
    )
