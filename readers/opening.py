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
    neither up, nor held over, nor said to be vacant are open, with a warning. A council need not
    have wards: its result may come without them.
    """
    wards = _wards(ballots, identifiers, findings)
    if council.seats_total is None:
        return None
    if not _seats_add_up(council, standing, wards):
        return None
    return findings.build(
        lambda: CouncilOpened(
            council=council.council,
            council_gss=council.valid_gss,
            name=council.shown_name,
            mode=mode,
            source=ballots[0].source if ballots else "",
            cycle=council.cycle,
            electoral_system="stv" if council.by_transfers else "plurality",
            seats_total=council.seats_total or 0,
            seats_vacant=council.seats_vacant,
            control_before=control_before,
            independents_as_party=council.independents_as_party,
            last_election_notional=council.last_election_notional,
            standing=standing,
            wards=wards,
        ),
        council.row.file,
        council.row.line,
    )


def _seats_add_up(
    council: ListedCouncil, standing: tuple[PartyStanding, ...], wards: tuple[OpenedWard, ...]
) -> bool:
    """Returns whether a council has room for its seats. Adds a fault if not.

    Seats that nobody accounts for are a warning.
    """
    total, vacant = council.seats_total or 0, council.seats_vacant or 0
    up = sum(ward.seats_contested for ward in wards)
    not_up = sum(party.seats_not_up or 0 for party in standing)
    if up + not_up > total:
        what = f"seats, but {up} are up and {not_up} held over; correct one of the three"
        council.row.fault("seats_total", what)
        return False
    unaccounted = total - up - not_up - vacant
    if unaccounted < 0:
        what = f"vacant, but of {total} seats {up} are up and {not_up} held over"
        council.row.fault("seats_vacant", f"{what}; correct one of the four")
        return False
    if wards and unaccounted:
        what = f"seats, of which {up} are up and {not_up} held over; {unaccounted} are open"
        council.row.warn("seats_total", f"{what} to anyone, unless seats_vacant says otherwise")
    return True


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
