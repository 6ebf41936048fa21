"""An invented council: short functions for its opening, declarations and notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from election.council import Council
from election.count import Count
from election.fold import apply
from schemas.alert import Alert
from schemas.council import CouncilOpened, Nominee, OpenedWard, PartyStanding
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.events import Event
from schemas.ward import Candidate, Status, WardDeclared, WardStatus

COUNCIL = "local.barsetshire.2026-05-07"
CON, LAB, LD, IND = "PP52", "PP53", "PP90", "ynmp-party:2"

Votes = Sequence[tuple[str, int | None]]


def ballot(ward: str) -> str:
    """Returns the ballot id of a ward, which is called by one word here."""
    return f"local.barsetshire.{ward}.2026-05-07"


def ward(
    name: str, seats: int = 1, fielded: Mapping[str, int] | None = None, **more: Any
) -> OpenedWard:
    """Returns a ward with so many nominees of each party; None if nominations are not known."""
    nominees = None
    if fielded is not None:
        nominees = tuple(
            Nominee(candidate=f"{party} {place}", party_id=party)
            for party, number in fielded.items()
            for place in range(1, number + 1)
        )
    fields: dict[str, Any] = {"candidates": nominees, **more}
    return OpenedWard(
        ballot_paper_id=ballot(name), ward=name.title(), seats_contested=seats, **fields
    )


def opened(
    *wards: OpenedWard,
    total: int | None = None,
    before: str | None = None,
    not_up: Mapping[str, int | None] | None = None,
    **more: Any,
) -> CouncilOpened:
    """Returns the opening of a council, an all-out election unless seats are held over.

    Seats that are neither up nor held over are vacant, unless holdings are not stated.
    """
    held = not_up or {}
    up = sum(each.seats_contested for each in wards)
    stated = [seats for seats in held.values() if seats is not None]
    spare = 0 if total is None else max(0, total - up - sum(stated))
    fields: dict[str, Any] = {
        "seats_vacant": spare if len(stated) == len(held) else None,
        "cycle": "thirds" if not_up else "all-out",
        "standing": tuple(
            PartyStanding(party_id=party, seats_not_up=seats) for party, seats in held.items()
        ),
        "seats_total": total or up + sum(seats or 0 for seats in held.values()),
        "control_before": before,
        **more,
    }
    return CouncilOpened(
        council=COUNCIL, name="Barsetshire", mode="rehearsal", wards=wards, **fields
    )


def declared(
    name: str, votes: Votes, seats: int = 1, elected: Iterable[int] | None = None, **more: Any
) -> WardDeclared:
    """Returns a ward's result; `elected` are the places of those flagged so, if any are."""
    flagged = None if elected is None else set(elected)
    counts: dict[str, int] = {}
    candidates = []
    for place, (party, number) in enumerate(votes):
        counts[party] = counts.get(party, 0) + 1
        candidates.append(
            Candidate(
                candidate=f"{party} {counts[party]}",
                party_id=party,
                votes=number,
                elected=None if flagged is None else place in flagged,
            )
        )
    if more.get("revision", 1) > 1:
        more.setdefault("correction", "transcription")
    fields: dict[str, Any] = {"candidates": tuple(candidates), **more}
    return WardDeclared(
        council=COUNCIL,
        ballot_paper_id=ballot(name),
        mode="rehearsal",
        seats_contested=seats,
        **fields,
    )


def won(name: str, *parties: str, **more: Any) -> WardDeclared:
    """Returns a ward's result that names the winners only, with thousands of votes each."""
    votes = [(party, 5_000) for party in parties]
    return declared(name, votes, seats=len(parties), elected=range(len(parties)), **more)


def noticed(name: str, status: Status, revision: int = 1, **more: Any) -> WardStatus:
    """Returns a notice of a ward."""
    return WardStatus(
        council=COUNCIL,
        ballot_paper_id=ballot(name),
        mode="rehearsal",
        revision=revision,
        status=status,
        **more,
    )


def as_a_whole(seats: Mapping[str, int], revision: int = 1, **more: Any) -> CouncilDeclared:
    """Returns a result of the whole council."""
    if revision > 1:
        more.setdefault("correction", "transcription")
    return CouncilDeclared(
        council=COUNCIL,
        mode="rehearsal",
        revision=revision,
        seats=tuple(PartySeats(party_id=party, seats=number) for party, number in seats.items()),
        **more,
    )


def folded(*events: Event) -> Council:
    """Returns the council after events, none of which may be refused."""
    return folded_with_alerts(*events)[0]


def folded_with_alerts(*events: Event) -> tuple[Council, tuple[Alert, ...]]:
    """Returns the council after events, and the alerts of the last of them."""
    council: Council | None = None
    alerts: tuple[Alert, ...] = ()
    for event in events:
        council, effects = apply(event, council)
        assert effects.conflict is None, effects.conflict
        assert effects.contradiction is None, effects.contradiction
        assert effects.failure is None, effects.failure
        alerts = effects.alerts
    assert council is not None
    return council, alerts


def counted(*events: Event) -> Count:
    """Returns the count of an opened council after events."""
    count = folded(*events).count
    assert count is not None
    return count
