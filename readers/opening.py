"""`council.opened` from the files: a council before the first declaration."""

from __future__ import annotations

from functools import partial

from readers.ballot import Ballot, BallotIds, WardKey
from readers.councils import Council
from readers.findings import Findings
from schemas.base import Mode
from schemas.council import CouncilOpened, OpenedWard, PartyStanding
from schemas.party import NOC


def opening(  # noqa: PLR0913 - the parts of one event
    council: Council,
    standing: tuple[PartyStanding, ...],
    ballots: tuple[Ballot, ...],
    identifiers: BallotIds,
    findings: Findings,
    *,
    mode: Mode,
) -> CouncilOpened | None:
    """Returns the opening of a council with its ballots, or None after a fault.

    A ward that is polled again later is listed with the later ballot alone. Seats that are
    neither up nor held over are vacant or unaccounted for: a warning. A council need not have
    wards: it may be declared as a whole.
    """
    _warn_of_control(council, standing, ballots)
    _warn_of_labels(council, standing, ballots)
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
    return findings.made(
        lambda: CouncilOpened(
            council=council.council,
            council_gss=council.valid_gss,
            name=council.name,
            mode=mode,
            source=ballots[0].source if ballots else "",
            cycle=council.cycle,
            electoral_system="stv" if council.by_transfers else "plurality",
            seats_total=council.seats_total or 0,
            control_before=council.control_before,
            independents_as_party=council.independents_as_party,
            standing=standing,
            wards=wards,
        ),
        council.row.file,
        council.row.line,
    )


def _warn_of_control(
    council: Council, standing: tuple[PartyStanding, ...], ballots: tuple[Ballot, ...]
) -> None:
    before = council.control_before
    if before in {None, NOC}:
        return
    keys = {party.party_id for party in standing}
    keys |= {line.party_key for ballot in ballots for line in ballot.lines if not line.unknown}
    if before not in keys:
        council.row.warn("control_before", "is no party of this council; give its party_id")


def _warn_of_labels(
    council: Council, standing: tuple[PartyStanding, ...], ballots: tuple[Ballot, ...]
) -> None:
    """Warns of a party that has an id in one row and none in another: it is counted as two."""
    lines = [line for ballot in ballots for line in ballot.lines if line.party]
    with_id = {line.party: line.party_id for line in lines if line.party_id}
    with_id |= {party.party: party.party_id for party in standing if party.party_id != party.party}
    for line in lines:
        if line.party in with_id and line.party_key == line.party:
            what = f"has no party_id here and {with_id[line.party]} elsewhere; counted as two"
            line.row.warn("party", what, once=f"label {line.party}")
    for party in standing:
        if party.party in with_id and party.party_id == party.party:
            what = f"{party.party!r} has no party_id in standing.csv and"
            council.row.note("party_id", f"{what} {with_id[party.party]} elsewhere; counted as two")


def _wards(
    ballots: tuple[Ballot, ...], identifiers: BallotIds, findings: Findings
) -> tuple[OpenedWard, ...]:
    """Returns the wards, each with its last ballot and the nominations of its last revision."""
    latest: dict[WardKey, Ballot] = {}
    replaced: dict[WardKey, str] = {}
    for ballot in ballots:
        known = latest.get(ballot.key)
        if known is None or (ballot.poll, ballot.revision) > (known.poll, known.revision):
            latest[ballot.key] = ballot
    for ballot in ballots:
        again = latest[ballot.key].poll
        if ballot.poll < again:
            if ballot.declared:
                ballot.row.note("election_date", f"polled again on {again}; that poll counts")
            replaced[ballot.key] = identifiers[ballot.key, ballot.poll]
    listed = (
        findings.made(
            partial(
                ballot.opened, identifiers[key, ballot.poll], replaces=replaced.get(ballot.key)
            ),
            ballot.row.file,
            ballot.row.line,
        )
        for key, ballot in latest.items()
    )
    return tuple(ward for ward in listed if ward is not None)
