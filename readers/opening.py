"""Builds `council.opened`: a council before its first declaration."""

from __future__ import annotations

from functools import partial

from readers.ballot import Ballot, BallotIds, WardKey
from readers.councils import ListedCouncil
from readers.findings import Findings
from schemas.base import Mode
from schemas.council import CouncilOpened, OpenedWard, PartyStanding


def opening(  # noqa: PLR0913 - the parts of one event
    council: ListedCouncil,
    standing: tuple[PartyStanding, ...],
    ballots: tuple[Ballot, ...],
    identifiers: BallotIds,
    findings: Findings,
    *,
    control_before: str | None,
    mode: Mode,
) -> CouncilOpened | None:
    """Returns the opening of a council with its ballots, or None after adding a fault.

    A ward that is polled again later is listed only with the later ballot. Seats that are
    neither up nor held over count as vacant, with a warning. A council need not have wards: its
    result may come without them.
    """
    wards = _wards(ballots, identifiers, findings)
    if council.seats_total is None:
        return None
    up = sum(ward.seats_contested for ward in wards)
    not_up = sum(party.seats_not_up or 0 for party in standing)
    if up + not_up > council.seats_total:
        what = f"seats, but {up} are up and {not_up} held over; correct one of the three"
        council.row.fault("seats_total", what)
        return None
    if wards and up + not_up < council.seats_total:
        missing = council.seats_total - up - not_up
        what = f"seats, of which {up} are up and {not_up} held over; {missing} count as vacant"
        council.row.warn("seats_total", what)
    return findings.build(
        lambda: CouncilOpened(
            council=council.council,
            council_gss=council.valid_gss,
            name=council.name,
            mode=mode,
            source=ballots[0].source if ballots else "",
            cycle=council.cycle,
            electoral_system="stv" if council.by_transfers else "plurality",
            seats_total=council.seats_total or 0,
            control_before=control_before,
            independents_as_party=council.independents_as_party,
            standing=standing,
            wards=wards,
        ),
        council.row.file,
        council.row.line,
    )


def _wards(
    ballots: tuple[Ballot, ...], identifiers: BallotIds, findings: Findings
) -> tuple[OpenedWard, ...]:
    """Returns the wards, each with its latest ballot as its highest revision has it."""
    latest: dict[WardKey, Ballot] = {}
    replaced: dict[WardKey, str] = {}
    for ballot in ballots:
        other = latest.get(ballot.key)
        if other is None or (ballot.poll, ballot.revision) > (other.poll, other.revision):
            latest[ballot.key] = ballot
    for ballot in ballots:
        latest_poll = latest[ballot.key].poll
        if ballot.poll < latest_poll:
            if ballot.declared:
                ballot.first_row.warn_without_value(
                    "election_date", f"polled again on {latest_poll}; that poll counts"
                )
            replaced[ballot.key] = identifiers[ballot.key, ballot.poll]
    listed = (
        findings.build(
            partial(
                ballot.opened, identifiers[key, ballot.poll], replaces=replaced.get(ballot.key)
            ),
            ballot.first_row.file,
            ballot.first_row.line,
            of_ward=True,
        )
        for key, ballot in latest.items()
    )
    return tuple(ward for ward in listed if ward is not None)
