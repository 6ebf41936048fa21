"""Distance: how many seats a council is from being settled, and from changing hands."""

from __future__ import annotations

from collections.abc import Mapping

from election.rules.certainty import Range


def seats_to_none(contenders: Mapping[str, Range], majority: int, open_to_any: int) -> int:
    """Returns the fewest seats that every contender must miss so that none has a majority.

    `open_to_any` seats can also all go to a party that nobody has listed.
    """
    best = [seats.best for seats in contenders.values()]
    return max(best, default=open_to_any) - majority + 1


def seats_to_decision(contenders: Mapping[str, Range], majority: int, to_none: int) -> int:
    """Returns the fewest seats that can still settle an undetermined council.

    Either the nearest contender wins the seats that it lacks, or every contender misses as many
    as `seats_to_none` says.
    """
    held = [seats.not_up + seats.won for seats in contenders.values()]
    return max(1, min(majority - max(held, default=0), to_none))


def seats_to_change(held: Mapping[str, int], majority: int) -> int:
    """Returns how many seats, had they fallen otherwise, would change who has a majority now.

    If a party has a majority, these are the seats that it would have to lose; if none has, those
    that the largest party lacks.
    """
    lacking = majority - max(held.values(), default=0)
    return lacking if lacking > 0 else 1 - lacking
