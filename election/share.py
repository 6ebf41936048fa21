"""Share: what one ward adds to its council's count as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from election.majority import counted_under
from election.result import result
from schemas.council import ElectoralSystem, OpenedWard
from schemas.ward import Candidate, WardDeclared, WardStatus


class Part(NamedTuple):
    """What a ward gives a party: seats won, the most and the fewest still to win, and standing."""

    won: int = 0
    reach: int = 0
    forced: int = 0
    stood: int = 0


class Share(NamedTuple):
    """What a ward adds to its council. Every number is 0 where the ward does not count."""

    parts: Mapping[str, Part] = {}
    wards: int = 0
    decided: int = 0
    awaited: int = 0
    seats: int = 0
    filled: int = 0
    still_open: int = 0
    anyones: int = 0


NOTHING = Share()
"""The share of a ballot that no `council.opened` lists, or that another ballot replaces."""


def nominations(candidates: Iterable[Candidate | object]) -> dict[str, int]:
    """Returns how many candidates each party has fielded."""
    fielded: dict[str, int] = {}
    for candidate in candidates:
        key = counted_under(candidate.party_id, candidate.party)  # type: ignore[attr-defined]
        fielded[key] = fielded.get(key, 0) + 1
    return fielded


def share(
    listed: OpenedWard,
    declared: WardDeclared | None,
    status: WardStatus | None,
    system: ElectoralSystem,
) -> Share:
    """Returns what a listed ward adds: its result, or what can still come of it.

    A declaration ends any status. An uncontested ward elects its nominees. A countermanded one
    elects nobody, and whoever is nominated afresh may win it.
    """
    fielded = None if listed.candidates is None else nominations(listed.candidates)
    if declared is not None:
        found = result(declared, system)
        if found is not None:
            return _decided(found.seats_won, nominations(declared.candidates), declared)
    notice = status.status if declared is None and status is not None else None
    seats = listed.seats_contested
    if notice == "uncontested" and fielded is not None and sum(fielded.values()) <= seats:
        parts = {party: Part(won=count, stood=1) for party, count in fielded.items()}
        filled = sum(fielded.values())
        return Share(parts, wards=1, decided=1, seats=seats, filled=filled)
    awaited = 0 if notice in {"postponed", "countermanded"} else 1
    if notice == "countermanded" or fielded is None:
        parts = {party: Part(stood=1) for party in fielded or ()}
        return Share(parts, wards=1, awaited=awaited, seats=seats, still_open=seats, anyones=seats)
    parts = {
        party: Part(reach=most(seats, count), forced=fewest(seats, fielded, party), stood=1)
        for party, count in fielded.items()
    }
    return Share(parts, wards=1, awaited=awaited, seats=seats, still_open=seats)


def most(seats: int, fielded: int) -> int:
    """Returns the most seats a party can win in an open ward."""
    return min(seats, fielded)


def fewest(seats: int, fielded: Mapping[str, int], party: str) -> int:
    """Returns the fewest seats a party can win in an open ward: those its opponents leave."""
    standing = sum(fielded.values())
    opponents = standing - fielded.get(party, 0)
    return max(0, min(seats, standing) - opponents)


def _decided(won: Mapping[str, int], stood: Mapping[str, int], declared: WardDeclared) -> Share:
    parts = {party: Part(won=won.get(party, 0), stood=1) for party in stood}
    return Share(
        parts,
        wards=1,
        decided=1,
        seats=declared.seats_contested,
        filled=sum(won.values()),
    )
