"""Tally: a council's seats by party, kept up ward by ward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from election.rules.contribution import NO_PART, Part, Share
from election.rules.majority import counted_under
from schemas.council import Cycle, PartyStanding


class Line(NamedTuple):
    """One party: seats not up and won, the most and fewest of the open seats, and its wards.

    `stood` counts the wards it stands in, and once more where the standing lists it.
    """

    not_up: int = 0
    won: int = 0
    most: int = 0
    fewest: int = 0
    stood: int = 0


class Tally(NamedTuple):
    """A council's lines, and the sums of its wards' shares.

    `unknown` are the parties whose seats not up nobody has stated; `anyones` are the open seats
    whose nominations are not known.
    """

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


def opened_tally(standing: Iterable[PartyStanding], cycle: Cycle) -> Tally:
    """Returns the tally of a council before its first ward: who holds what without a poll.

    Where the whole council is elected nobody does, so what is not stated is 0.
    """
    lines: dict[str, Line] = {}
    unknown = set()
    for party in standing:
        key = counted_under(party.party_id)
        if party.seats_not_up is None and cycle != "all-out":
            unknown.add(key)
        not_up = lines.get(key, _NOBODY).not_up + (party.seats_not_up or 0)
        lines[key] = Line(not_up=not_up, stood=1)
    return Tally(lines, frozenset(unknown), sum(line.not_up for line in lines.values()))


def move(tally: Tally, old: Share, new: Share) -> Tally:
    """Returns the tally with one ward's share replaced. Costs the same however many wards."""
    lines = dict(tally.lines)
    for party, part in new.parts.items():
        was = old.parts.get(party, NO_PART)
        if part != was:
            lines[party] = _moved(lines.get(party, _NOBODY), was, part)
    for party, part in old.parts.items():
        if party not in new.parts:
            line = _moved(lines[party], part, NO_PART)
            if line.stood:
                lines[party] = line
            else:
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


def add_up(tally: Tally, shares: Iterable[Share]) -> Tally:
    """Returns the tally with the shares of wards added."""
    # What it has beyond its lines and what is held over, in the order that a share has it.
    lines = {party: [*line] for party, line in tally.lines.items()}
    sums = [*tally[3:]]
    for share in shares:
        for party, part in share.parts.items():
            line = lines.get(party)
            if line is None:
                line = lines[party] = [*_NOBODY]
            line[1] += part.won
            line[2] += part.most
            line[3] += part.fewest
            line[4] += part.stood
        sums = [so_far + more for so_far, more in zip(sums, share[1:], strict=True)]
    return Tally(
        {party: Line(*line) for party, line in lines.items()}, tally.unknown, tally.not_up, *sums
    )


def _moved(line: Line, old: Part, new: Part) -> Line:
    not_up, won, most, fewest, stood = line
    won_before, most_before, fewest_before, stood_before = old
    won_now, most_now, fewest_now, stood_now = new
    return Line(
        not_up,
        won - won_before + won_now,
        most - most_before + most_now,
        fewest - fewest_before + fewest_now,
        stood - stood_before + stood_now,
    )
