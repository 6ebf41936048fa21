"""Notice form: how a count stands without a result, as a stringer says it. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from election.conflict import ConflictError
from election.council import Council
from election.no_polls import refuse_more_than_seats
from election.ward import Ward
from schemas.ids import election_of
from schemas.refusal import shorten
from schemas.ward import MOVES_SEATS, Status, WardStatus
from services.access.holder import Holder
from services.access.permission import forbidden
from services.entry.figure import UnusableFigureError
from services.entry.own_word import known_revision, own_claim
from services.review.decision import MeanwhileError

REPORTED: Final = "reported at the count"
"""What an event says of its source: the key says whose word it is, and the audit who typed it."""

RECOUNTS_MAX: Final = 20
"""Recounts of one ballot that can be told of; four are many."""

MEANWHILE: Final = (
    "Something else was sent of this ward under your key since this page was made: see what it is,"
    " and correct it if it is wrong."
)
"""What a form is told that was made before another word of the same key."""

_NOTICED: Final = (
    "Somebody else has said how this count stands since this page was made: say it again if it is"
    " still so."
)


def statuses_for(council: Council, ward: Ward, holder: Holder) -> tuple[Status, ...]:
    """Returns what a key's holder may say of a count without a result.

    That there is no poll waits for the desk, whatever the trust; anything else is only there if it
    counts. Who has sent a result takes that back first.
    """
    has_no_poll = ward.status is not None and ward.status.status in MOVES_SEATS
    counts = holder.trust_for(council.council, election_of(council.council)) != "second"
    known: tuple[Status, ...] = get_args(Status)
    return tuple(
        each
        for each in known
        if (_may_be_off(ward, each, holder) if each in MOVES_SEATS else counts and not has_no_poll)
        and not forbidden(_status(council, ward, each, revision=1), holder)
    )


def _may_be_off(ward: Ward, status: Status, holder: Holder) -> bool:
    """Returns whether it can be that nobody votes, for all that is known of a ballot."""
    claim = own_claim(ward, holder.id)
    if claim is not None and claim.said.states_anything:
        return False
    try:
        refuse_more_than_seats(status, ward)
    except ConflictError:
        return False
    return True


def known_notice(ward: Ward) -> int:
    """Returns the revision of the last notice of a ballot; 0 if there is none."""
    return ward.status.revision if ward.status is not None else 0


def notice_of(
    fields: Mapping[str, str], council: Council, ward: Ward, holder: Holder
) -> WardStatus:
    """Returns the notice in a form's fields, as the word of its holder.

    Raises UnusableFigureError if it would not count, nor wait for the desk, and MeanwhileError if
    something else was said since the form was made.
    """
    given = fields.get("say", "")
    status = next((each for each in statuses_for(council, ward, holder) if each == given), None)
    if status is None:
        raise UnusableFigureError(
            f"{shorten(given)}: this does not count from the key {holder.id}; tell the desk."
        )
    recount = _recount(fields.get("nth", "")) if status == "recount" else None
    known, revision = ward.status, known_notice(ward)
    is_off = status in MOVES_SEATS
    if is_off and fields.get("revision") != str(known_revision(ward, holder.id)):
        raise MeanwhileError(MEANWHILE)
    if known is None or (known.status, known.recount) != (status, recount):
        if fields.get("notice") != str(revision):
            raise MeanwhileError(_NOTICED)
        revision += 1
    notice = _status(council, ward, status, revision=revision, recount=recount)
    stamped = holder.stamped(notice)
    assert isinstance(stamped, WardStatus)  # noqa: S101 -- a stamp changes no event's kind
    return stamped


def _status(
    council: Council, ward: Ward, status: Status, *, revision: int, recount: int | None = None
) -> WardStatus:
    return WardStatus(
        council=council.council,
        ballot_paper_id=ward.ballot_paper_id,
        mode=council.mode,
        revision=revision,
        status=status,
        recount=recount,
        source=REPORTED,
    )


def _recount(text: str) -> int | None:
    """Returns which recount it is, None if that is not said. Raises UnusableFigureError."""
    given = text.strip()
    if not given:
        return None
    if given not in map(str, range(1, RECOUNTS_MAX + 1)):
        raise UnusableFigureError(
            f"Recount: {shorten(text)} is no number of a recount; write 1 to {RECOUNTS_MAX}, or"
            " nothing."
        )
    return int(given)
