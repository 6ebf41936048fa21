"""Fold: one event more. The same fold serves the live night, rebuilds and tests."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from election.alerts import Cause, alerts, cause_of
from election.certainty import certain_control
from election.council import Council, Ward
from election.share import NOTHING, share
from election.tally import move, open_tally
from schemas.alert import Alert
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.events import encode_event
from schemas.ward import WardDeclared, WardStatus

_Event = CouncilOpened | WardDeclared | WardStatus | CouncilDeclared

_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Happenings:
    """What an event changed.

    `changed` tells whether the council is a new version, `ballots` whose ward entries changed,
    `alerts` are in publishing order. `conflict` says why a fact could not be applied; the
    council is then unchanged.
    """

    changed: bool = False
    ballots: tuple[str, ...] = ()
    alerts: tuple[Alert, ...] = ()
    conflict: str | None = None


_NOTHING_HAPPENED = Happenings()


class _ConflictError(Exception):
    """A fact that contradicts what is known."""


def apply(event: _Event, council: Council | None) -> tuple[Council, Happenings]:
    """Returns the council after an event, and what happened. Never changes its input.

    A lower or equal revision changes nothing. Facts that arrive before `council.opened` are
    kept, and count once it opens. Raises ValueError where the event is another council's.
    """
    before = council or Council(council=event.council, mode=event.mode)
    if event.council != before.council:
        raise ValueError(
            f"council: {event.council} is not {before.council}; route events by council"
        )
    if event.mode != before.mode:
        conflict = f"mode: {event.mode}, but {before.council} is counted in mode {before.mode}"
        return before, Happenings(conflict=f"{conflict}; send it to a namespace of its own")
    try:
        taken = _take(event, before)
    except _ConflictError as error:
        return before, Happenings(conflict=str(error))
    if taken is None:
        return before, _NOTHING_HAPPENED
    after, ballots = taken
    if after.tally is None:
        return after, Happenings(changed=True, ballots=ballots)
    return _tell(before, after, ballots, cause_of(event, before))


def _tell(
    before: Council, after: Council, ballots: tuple[str, ...], cause: Cause
) -> tuple[Council, Happenings]:
    control = certain_control(after)
    settled_at = before.settled_at
    stood = before.standing.get(("control", ""))
    if control is None:
        settled_at = None
    elif stood is None or stood.claim.control != control:
        settled_at = cause.ballot
    after = after.but(settled_at=settled_at)
    made, standing = alerts(after, cause)
    if made:
        after = after.but(standing=standing)
    return after, Happenings(changed=True, ballots=ballots, alerts=made)


def _take(event: _Event, council: Council) -> tuple[Council, tuple[str, ...]] | None:
    if isinstance(event, WardDeclared):
        return _take_declaration(event, council)
    if isinstance(event, WardStatus):
        return _take_status(event, council)
    if isinstance(event, CouncilOpened):
        return _take_opening(event, council)
    return _take_whole(event, council)


def _take_declaration(
    event: WardDeclared, council: Council
) -> tuple[Council, tuple[str, ...]] | None:
    ward = council.wards.get(event.ballot_paper_id, Ward())
    known = ward.declared
    if known is not None and event.revision <= known.revision:
        _refuse_another(event.revision, known.revision, _plain(event) != _plain(known))
        return None
    if ward.listed is not None and council.opened is not None and council.tally is not None:
        more = event.seats_contested - ward.listed.seats_contested
        if more > 0 and not _fits(council, more):
            raise _ConflictError(
                f"seats_contested: {event.seats_contested} seats in {event.ballot_paper_id} are"
                f" {more} more than were opened, and then more are up and held over than the"
                f" {council.opened.seats_total} there are; correct seats_contested, or open the"
                " council again"
            )
    return _with_ward(council, event.ballot_paper_id, ward, declared=event)


def _fits(council: Council, more: int) -> bool:
    assert council.opened is not None  # noqa: S101 - the caller has asked
    up = sum(ward.listed.seats_contested for ward in council.wards.values() if ward.listed)
    not_up = sum(party.seats_not_up or 0 for party in council.opened.standing)
    return up + not_up + more <= council.opened.seats_total


def _take_status(event: WardStatus, council: Council) -> tuple[Council, tuple[str, ...]] | None:
    ward = council.wards.get(event.ballot_paper_id, Ward())
    known = ward.status
    if known is not None and event.revision <= known.revision:
        other = (event.status, event.recount) != (known.status, known.recount)
        _refuse_another(event.revision, known.revision, other)
        return None
    listed = ward.listed
    if event.status == "uncontested" and listed is not None and listed.candidates is not None:
        if len(listed.candidates) > listed.seats_contested:
            raise _ConflictError(
                f"status: uncontested, but {event.ballot_paper_id} has {len(listed.candidates)}"
                f" nominees for {listed.seats_contested} seats; correct the nominations first"
            )
    return _with_ward(council, event.ballot_paper_id, ward, status=event)


def _with_ward(
    council: Council,
    ballot: str,
    ward: Ward,
    *,
    declared: WardDeclared | None = None,
    status: WardStatus | None = None,
) -> tuple[Council, tuple[str, ...]]:
    declared = declared or ward.declared
    status = status or ward.status
    new = ward.share
    tally = council.tally
    if (
        ward.listed is not None
        and council.opened is not None
        and tally is not None
        and ward.share.wards
    ):
        new = share(ward.listed, declared, status, council.opened.electoral_system)
        tally = move(tally, ward.share, new)
    wards = dict(council.wards)
    wards[ballot] = Ward(ward.listed, declared, status, new)
    return council.but(version=council.version + 1, wards=wards, tally=tally), (ballot,)


def _take_opening(event: CouncilOpened, council: Council) -> tuple[Council, tuple[str, ...]] | None:
    digest = blake2b(
        encode_event(event.model_copy(update={"seq": None, "source": ""})),
        digest_size=_DIGEST_BYTES,
    ).hexdigest()
    known = council.opened
    if known is not None and event.revision <= known.revision:
        _refuse_another(event.revision, known.revision, digest != council.opened_digest)
        return None
    replaced = {ward.replaces for ward in event.wards if ward.replaces}
    wards: dict[str, Ward] = {}
    for listed in event.wards:
        ballot = listed.ballot_paper_id
        facts = council.wards.get(ballot, Ward())
        counted = NOTHING
        if ballot not in replaced:
            counted = share(listed, facts.declared, facts.status, event.electoral_system)
        wards[ballot] = Ward(listed, facts.declared, facts.status, counted)
    for ballot in sorted(council.wards.keys() - wards.keys()):
        facts = council.wards[ballot]
        if facts.declared is not None or facts.status is not None:
            wards[ballot] = Ward(None, facts.declared, facts.status, NOTHING)
    after = council.but(
        version=council.version + 1,
        opened=event.model_copy(update={"wards": ()}),
        opened_digest=digest,
        wards=wards,
        tally=open_tally(event, (ward.share for ward in wards.values())),
    )
    return after, tuple(wards)


def _take_whole(event: CouncilDeclared, council: Council) -> tuple[Council, tuple[str, ...]] | None:
    known = council.declared
    if known is not None and event.revision <= known.revision:
        _refuse_another(event.revision, known.revision, event.seats != known.seats)
        return None
    seats = sum(party.seats for party in event.seats)
    if council.opened is not None and seats > council.opened.seats_total:
        raise _ConflictError(
            f"seats: {seats} seats, but {council.council} has {council.opened.seats_total};"
            " correct the seats"
        )
    return council.but(version=council.version + 1, declared=event), ()


def _plain(event: WardDeclared) -> WardDeclared:
    return event.model_copy(update={"seq": None, "source": "", "declared_at": None})


def _refuse_another(revision: int, known: int, different: bool) -> None:
    if revision == known and different:
        raise _ConflictError(
            f"revision: {revision} is known with other content; give a correction a higher revision"
        )
