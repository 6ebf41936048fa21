"""The totals of a night and of its parts, as they are shown."""

from __future__ import annotations

from typing import Any

from election.nation.part_sum import NO_COUNCIL, ControlMove, PartSum
from election.nation.party_sum import NOTHING_OF_PARTY, PartySum
from election.nation.place import WHOLE_NIGHT, Part
from election.nation.plan import NightPlan
from election.nation.state import Night
from schemas.national import (
    EXPECTED_NEXT_MAX,
    NIGHT_PARTIES_MAX,
    ExpectedNext,
    NationalCouncils,
    NationalParty,
    NationalTotals,
    PartKind,
)
from schemas.party import NOC


def parts(night: Night) -> tuple[Part, ...]:
    """Returns the parts of a night that have any council, the night itself first."""
    return tuple(sorted(night.parts, key=lambda part: (part != WHOLE_NIGHT, part)))


def national_totals(night: Night, kind: PartKind, name: str, plan: NightPlan) -> NationalTotals:
    """Returns the totals of a night or of a part of it; zeros for a part that has no council."""
    part = Part(kind, name)
    of = night.parts.get(part, NO_COUNCIL)
    return NationalTotals(
        election=night.election,
        mode=night.mode,
        kind=kind,
        name=name,
        version=max(night.version, 1),
        councils=_councils(night, part, of, plan),
        parties=_parties(night, of),
        **_of_night(night) if part == WHOLE_NIGHT else {},
    )


def _of_night(night: Night) -> dict[str, Any]:
    """Returns what only the whole night has."""
    awaited = [
        (each.expected_next, each.council, each.name)
        for each in night.councils.values()
        if each.expected_next is not None and not each.sum.councils.complete
    ]
    return {
        "milestones": night.marks.milestones,
        "projections": night.projections,
        "expected_next": tuple(
            ExpectedNext(council=council, name=name, expected_at=at)
            for at, council, name in sorted(awaited)[:EXPECTED_NEXT_MAX]
        ),
    }


def _councils(night: Night, part: Part, of: PartSum, plan: NightPlan) -> NationalCouncils:
    listed = {
        council: each
        for council, each in plan.expected_in(night.election).items()
        if part in each.parts
    }
    not_opened = sorted(
        each.name for council, each in listed.items() if council not in night.councils
    )
    councils = of.councils
    return NationalCouncils(
        total=len(listed) if plan.expected_in(night.election) else None,
        not_opened=tuple(not_opened) if part == WHOLE_NIGHT else (),
        opened=councils.opened,
        decided=councils.decided,
        complete=councils.complete,
        awaited=councils.opened - councils.complete + len(not_opened),
        before_unknown=councils.before_unknown,
        last_election_notional=councils.last_election_notional,
        wards_total=councils.wards_total,
        wards_declared=councils.wards_declared,
        seats_declared=councils.seats_declared,
        turnout_percentage=_percent(councils.ballots, councils.electorate),
        turnout_covers=councils.turnout_covers,
    )


def _parties(night: Night, of: PartSum) -> tuple[NationalParty, ...]:
    """Returns the parties, most councils first, then most seats won, no overall control last."""
    known = sum(councils for (before, _), councils in of.control.items() if before is not None)
    keys = dict.fromkeys(of.parties)
    for before, now in of.control:
        keys[now] = None
        if before is not None:
            keys[before] = None
    controlled: dict[str, int] = {}
    for (_, now), councils in of.control.items():
        controlled[now] = controlled.get(now, 0) + councils
    ranked = sorted(
        keys,
        key=lambda key: (
            key == NOC,
            -controlled.get(key, 0),
            -of.parties.get(key, NOTHING_OF_PARTY).seats_won,
            key,
        ),
    )
    if len(ranked) > NIGHT_PARTIES_MAX:
        # No overall control stays, as it stands last.
        ranked = [*ranked[: NIGHT_PARTIES_MAX - 1], ranked[-1]]
    return tuple(
        NationalParty(
            party_id=key,
            party=night.labels.get(key, ""),
            councils=controlled.get(key, 0),
            **_control(key, of, known),
            **_seats(of.parties.get(key, NOTHING_OF_PARTY), of.councils.votes),
        )
        for key in ranked
    )


def _control(key: str, of: PartSum, known: int) -> dict[str, Any]:
    """Returns the councils gained and lost, over those whose control before is known."""
    gained: dict[str, int] = {}
    lost: dict[str, int] = {}
    for move, councils in of.control.items():
        _count_move(key, move, councils, gained, lost)
    return {
        "councils_change": sum(gained.values()) - sum(lost.values()) if known else None,
        "councils_change_covers": known,
        "gained_from": dict(sorted(gained.items())),
        "lost_to": dict(sorted(lost.items())),
    }


def _count_move(
    key: str, move: ControlMove, councils: int, gained: dict[str, int], lost: dict[str, int]
) -> None:
    before, now = move
    if before is None or before == now:
        return
    if now == key:
        gained[before] = gained.get(before, 0) + councils
    elif before == key:
        lost[now] = lost.get(now, 0) + councils


_SUMS = (
    "seats_won",
    "seats_defended",
    "seats_to_come",
    "change_eve_of_poll",
    "change_last_election",
    "votes",
)


def _seats(party: PartySum, votes: int) -> dict[str, Any]:
    """Returns each number of a party with what it covers; null where it covers nothing.

    `votes` are those of all parties.
    """
    numbers = party._asdict()
    found: dict[str, Any] = {}
    for name in _SUMS:
        covers = numbers[f"{name}_covers"]
        found[name] = numbers[name] if covers else None
        found[f"{name}_covers"] = covers
    found["vote_share"] = _percent(party.votes, votes) if party.votes_covers else None
    return found


def _percent(part: int, whole: int) -> float | None:
    """Returns a percentage to one decimal place; None of nothing, and above 100: a slip."""
    if not whole or part > whole:
        return None
    return round(100 * part / whole, 1)
