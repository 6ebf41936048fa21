"""The facts of a council: its totals as they were published, and what its alerts withdrew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from drafts.bases import (
    NO_GROUP,
    NOT_ONE_PARTY,
    council_basis,
    council_number,
    named,
    party_at,
    ward_name,
)
from drafts.facts import (
    Basis,
    Choice,
    Fact,
    Moment,
    Name,
    Number,
    Party,
    known,
    several,
)
from drafts.ward_facts import ward_facts
from schemas.alert import Alert
from schemas.party import NOC
from schemas.totals import CouncilTotals, PartyTotals
from schemas.ward_totals import WardTotals

PARTIES_SHOWN: Final = 7
"""Parties that a sentence names with their seats; the others are added up."""

DECIDERS_SHOWN: Final = 4
"""Wards that can decide control, if no more can; of more, naming them says nothing."""


def council_facts(
    totals: CouncilTotals, wards: Sequence[WardTotals], alerts: Sequence[Alert]
) -> dict[str, Fact]:
    """Returns what is known of a council; `alerts` are its own, oldest first."""
    by_ballot = {ward.ballot_paper_id: ward for ward in wards}
    return (
        _standing(totals)
        | _control(totals)
        | _seats(totals)
        | _to_come(totals, by_ballot)
        | _flip(totals, by_ballot)
        | ward_facts(totals, wards, alerts)
        | _withdrawn(totals, alerts)
    )


def _standing(totals: CouncilTotals) -> dict[str, Fact]:
    return known(
        council=named(totals),
        complete=totals.complete,
        before_any_vote=totals.before_any_vote,
        as_a_whole=totals.as_a_whole,
        notional=totals.last_election_notional,
        seats_total=council_number(totals, "seats_total"),
        majority=council_number(totals, "majority"),
        wards_declared=council_number(totals, "wards_declared") if totals.wards_total else None,
        wards_total=council_number(totals, "wards_total") if totals.wards_total else None,
        turnout=council_number(totals, "turnout_percentage"),
        wards_being_checked=council_number(totals, "wards_being_checked")
        if totals.wards_being_checked
        else None,
        wards_disputed=council_number(totals, "wards_disputed") if totals.wards_disputed else None,
        result_being_checked=totals.being_checked,
        result_disputed=totals.disputed,
    )


def _control(totals: CouncilTotals) -> dict[str, Fact]:
    held = [each for each in totals.parties if each.seats and each.party_id not in NO_GROUP]
    by_key = {each.party_id: place for place, each in enumerate(totals.parties)}
    place = by_key.get(totals.control or "")
    facts = known(
        certain=totals.control is not None,
        outcome=None if totals.outcome is None else Choice(totals.outcome),
        control=party_at(totals, totals.control),
        no_control=totals.control == NOC,
        before=party_at(totals, totals.control_before),
        no_control_before=totals.control_before == NOC,
        control_seats=None if place is None else _party_seats(totals, place),
    )
    if place is not None:
        over = totals.parties[place].seats - totals.majority
        basis = council_basis(totals, (f"/parties/{place}/seats",), ("/majority",))
        facts |= known(over=Number(over, basis) if over > 0 else None, exactly=over == 0)
    if not held:
        return facts
    most = held[0].seats
    largest = [each for each in held if each.seats == most]
    facts |= known(largest_seats=_party_seats(totals, by_key[largest[0].party_id]))
    if len(largest) > 1:
        return facts | known(
            largest_parties=several(
                [known(party=Party(each.party_id, each.party)) for each in largest]
            )
        )
    (first,) = largest
    place = by_key[first.party_id]
    facts |= known(largest=Party(first.party_id, first.party))
    if first.party_id not in NOT_ONE_PARTY and first.seats < totals.majority:
        basis = council_basis(totals, ("/majority",), (f"/parties/{place}/seats",))
        facts |= known(short=Number(totals.majority - first.seats, basis))
    return facts


def _party_seats(totals: CouncilTotals, place: int) -> Number:
    basis = council_basis(totals, (f"/parties/{place}/seats",))
    return Number(totals.parties[place].seats, basis)


def _seats(totals: CouncilTotals) -> dict[str, Fact]:
    """Returns what each party holds, with its change if those of all are known."""
    baseline = _baseline(totals)
    shown = [
        (place, each)
        for place, each in enumerate(totals.parties)
        if each.seats or (baseline and getattr(each, baseline))
    ]
    rest = shown[PARTIES_SHOWN:] if len(shown) > PARTIES_SHOWN + 1 else []
    rest_seats = sum(each.seats for _, each in rest)
    rest_at = tuple(f"/parties/{place}/seats" for place, _ in rest)
    return known(
        parties=several(
            [
                _party(totals, place, each, baseline)
                for place, each in shown[: len(shown) - len(rest)]
            ]
        ),
        others=Number(rest_seats, council_basis(totals, rest_at)) if rest_seats else None,
        seats_kept=any(each.seats_not_up for each in totals.parties),
        since_eve=baseline == "change_eve_of_poll",
        since_last=baseline == "change_last_election",
    )


def _baseline(totals: CouncilTotals) -> str:
    """Returns the change that is known of every party; blank if neither is."""
    for field in ("change_eve_of_poll", "change_last_election"):
        if totals.parties and all(getattr(each, field) is not None for each in totals.parties):
            return field
    return ""


def _party(totals: CouncilTotals, place: int, each: PartyTotals, baseline: str) -> dict[str, Fact]:
    change: int | None = getattr(each, baseline) if baseline else None
    basis = council_basis(totals, (f"/parties/{place}/{baseline}",))
    return known(
        party=Party(each.party_id, each.party),
        seats=_party_seats(totals, place),
        change=None if change is None else Number(change, basis),
        up=change is not None and change > 0,
        down=change is not None and change < 0,
    )


def _to_come(totals: CouncilTotals, wards: dict[str, WardTotals]) -> dict[str, Fact]:
    undeclared = totals.wards_total - totals.wards_declared
    hangs_on = [
        known(ward=ward_name(wards[each.ballot_paper_id]))
        for each in totals.deciders
        if each.ballot_paper_id in wards
    ]
    contenders = [
        known(
            party=Party(each.party_id, each.party),
            needs=Number(each.needs, council_basis(totals, (f"/parties/{place}/needs",))),
        )
        for place, each in enumerate(totals.parties)
        if each.needs and each.party_id not in NO_GROUP
    ]
    return known(
        wards_to_come=Number(
            undeclared, council_basis(totals, ("/wards_total",), ("/wards_declared",))
        )
        if undeclared and not totals.complete
        else None,
        none_declared=not totals.wards_declared and not totals.as_a_whole,
        hangs_on=hangs_on[0]["ward"] if len(hangs_on) == len(totals.deciders) == 1 else None,
        deciders=several(hangs_on) if 1 < len(totals.deciders) <= DECIDERS_SHOWN else None,
        contenders=several(contenders) if totals.control is None else None,
        expected=None
        if totals.expected_next is None or totals.complete
        else Moment(totals.expected_next, council_basis(totals, ("/expected_next",))),
    )


def _flip(totals: CouncilTotals, wards: dict[str, WardTotals]) -> dict[str, Fact]:
    """Returns the fewest voters who would have cost a complete council's control its majority."""
    if totals.control in {None, NOC} or not totals.complete:
        return {}
    facts = known(flip_voters=council_number(totals, "votes_to_flip"))
    flips = [each for each in totals.flip_at if each.ballot_paper_id in wards]
    if len(flips) == len(totals.flip_at) == 1:
        facts |= known(flip_ward=ward_name(wards[flips[0].ballot_paper_id]))
    elif flips and len(flips) == len(totals.flip_at):
        facts |= known(
            flip_wards=several(
                [known(ward=ward_name(wards[each.ballot_paper_id])) for each in flips]
            )
        )
    return facts


def _withdrawn(totals: CouncilTotals, alerts: Sequence[Alert]) -> dict[str, Fact]:
    """Returns the last call of control that was taken back, and where that came from."""
    taken_back = [each for each in alerts if each.kind == "control" and each.action == "retract"]
    if not taken_back:
        return {}
    alert = taken_back[-1]
    basis = Basis(
        "alert",
        alert.id,
        alert.cause_revision,
        f"/councils/{totals.council}#alert-{alert.id}",
    )
    return known(
        withdrawn=True,
        withdrawn_control=party_at(totals, alert.control),
        withdrawn_none=alert.control == NOC,
        withdrawn_at=Name(alert.ward, basis) if alert.ward else None,
    )
