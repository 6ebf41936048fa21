"""Opened wards: the wards of an opening, each with what is known of it already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from election.evidence.checks import contradiction
from election.room import no_room
from election.ward import Ward, contest
from schemas.council import CouncilOpened


def opened_wards(
    event: CouncilOpened, known: Mapping[str, Ward], *, first: bool
) -> tuple[dict[str, Ward], list[str]]:
    """Returns the wards of an opening with what is known of each, and what of it does not count.

    Ballots that it does not list follow those that it does. `first` is whether the council has
    not been opened before; only then, or if it was listed before, is it news that one is not. A
    ballot that another one replaces need not be listed.
    """
    replaced_ballots = {ward.replaces for ward in event.wards}
    polled = (ward for ward in event.wards if ward.ballot_paper_id not in replaced_ballots)
    up = sum(ward.seats_contested for ward in polled)
    free = event.seats_total - up - sum(party.seats_not_up or 0 for party in event.standing)
    wards: dict[str, Ward] = {}
    parked: list[str] = []
    for listed in event.wards:
        ballot = listed.ballot_paper_id
        before = known.get(ballot)
        said, status = (before.declared, before.status) if before else (None, None)
        counts = ballot not in replaced_ballots
        ward = Ward(ballot, contest(listed), said, status, event.electoral_system, counts)
        if before is not None and before.evidence is not None:
            # What its sources have said is weighed anew once all wards are known.
            ward = replace(ward, evidence=before.evidence)
        if said is not None:
            more = max(0, said.seats_contested - listed.seats_contested)
            wrong = contradiction(ward, said)
            if more > free:
                wrong = wrong or no_room(ballot, said, more, free)
            if wrong:
                parked.append(wrong)
                ward = replace(ward, fits=False)
            elif counts:
                free -= more
        wards[ballot] = ward
    for ballot in sorted(known.keys() - wards.keys()):
        before = known[ballot]
        if before.declared or before.status or before.evidence:
            system = event.electoral_system
            wards[ballot] = replace(before, contest=None, system=system, counts=False, fits=True)
            told = before.contest is None and not first
            if not told and ballot not in replaced_ballots:
                parked.append(unlisted(ballot, event.name))
    return wards, parked


def unlisted(ballot: str, council: str) -> str:
    """Returns why what was said of a ballot that its council does not list does not count."""
    return (
        f"ballot_paper_id: {ballot} is none of the ballots that {council} opened with; kept, and"
        " counted once one lists it"
    )
