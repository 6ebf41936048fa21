"""An invented night of councils: short functions for their totals, places and plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from election.nation.night import Night, NightChange, Said, apply
from election.nation.plan import ExpectedCouncil, NightPlan
from schemas.night import DigestDue
from schemas.totals import CouncilTotals, PartyTotals
from tests.support.polls import CON, LAB

ELECTION = "local.2026-05-07"
NAMES = {CON: "Conservative and Unionist Party", LAB: "Labour Party"}


class Somewhere(NamedTuple):
    nation: str
    region: str
    authority_type: str


PLACES = {
    "E06000001": Somewhere("England", "North East", "Unitary authority"),
    "E09000002": Somewhere("England", "London", "London borough"),
    "W06000003": Somewhere("Wales", "", "Unitary authority"),
}
"""Where councils are, by their codes."""


def council_id(name: str) -> str:
    """Returns the id of a council's election, from its name of one word."""
    return f"local.{name.lower()}.2026-05-07"


def party(  # noqa: PLR0913 -- one figure each
    key: str,
    won: int = 0,
    *,
    eve: int | None = None,
    last: int | None = None,
    defended: int | None = None,
    label: str | None = None,
) -> PartyTotals:
    """Returns a party of a council; `eve` and `last` are its changes of seats."""
    return PartyTotals(
        party_id=key,
        party=NAMES.get(key, "") if label is None else label,
        seats_not_up=0,
        seats_won=won,
        seats=won,
        best=won,
        least=won,
        change_eve_of_poll=eve,
        change_last_election=last,
        seats_defended=defended,
    )


def council(
    name: str,
    version: int = 1,
    *parties: PartyTotals,
    control: str | None = None,
    before: str | None = None,
    **more: Any,
) -> CouncilTotals:
    """Returns a council's totals. Control is by votes, unless `before_any_vote` is given."""
    fields: dict[str, Any] = {
        "council_gss": "",
        "cycle": "all-out",
        "seats_declared": sum(each.seats_won for each in parties),
        "wards_declared": 0,
        "wards_total": 1,
        "control_name": NAMES.get(control or "", ""),
        "mode": "rehearsal",
        "election": ELECTION,
        **more,
    }
    return CouncilTotals(
        council=council_id(name),
        name=name,
        version=version,
        seats_total=9,
        majority=5,
        parties=tuple(parties),
        seats_vacant=0,
        control=control,
        control_before=before,
        outcome=None,
        incumbent_out=False,
        settled_at=None,
        votes_to_flip=None,
        headline="",
        explanation="",
        **fields,
    )


def change(
    name: str, version: int, labour: int, *, complete: bool = True, **more: Any
) -> CouncilTotals:
    """Returns a council in which Labour has so many seats more than on the eve of poll."""
    return council(name, version, party(LAB, 3, eve=labour), complete=complete, **more)


def digest(at: datetime) -> DigestDue:
    """Returns that a digest is due."""
    return DigestDue(election=ELECTION, mode="rehearsal", due_at=at)


def plan(*marks: Any, expected: Iterable[str] = (), default: bool = False) -> NightPlan:
    """Returns a plan with these marks, or with those that every night has."""
    return NightPlan(
        marks=None if default else marks,
        place_of=PLACES.get,
        expected=tuple(ExpectedCouncil(council_id(name), name) for name in expected),
    )


def after(said: Sequence[Said], of: NightPlan, night: Night | None = None) -> NightChange:
    """Returns the night after all that was said, and what the last of it changed."""
    found: NightChange | None = None
    for each in said:
        found = apply(each, night, of)
        assert not found.refused, found.refused
        night = found.night
    assert found is not None
    return found


def alerts_of(said: Sequence[Said], of: NightPlan) -> list[tuple[str, str]]:
    """Returns what was raised and withdrawn, as action and the mark's name or the digest's time."""
    night: Night | None = None
    told = []
    for each in said:
        found = apply(each, night, of)
        night = found.night
        told += [(alert.action, alert.name) for alert in found.alerts]
    return told


def by_party(changes: Mapping[str, int]) -> tuple[PartyTotals, ...]:
    """Returns parties with so many seats more than on the eve of poll."""
    return tuple(party(key, eve=number) for key, number in changes.items())
