"""Which channel is told what."""

from __future__ import annotations

from typing import Literal

from schemas.totals import CouncilTotals
from services.notifier.channels import Channel
from services.notifier.ledger import Status
from services.notifier.notice import Notice

Decision = Literal["send", "withhold", "skip"]

ON_REQUEST = frozenset({"declared", "rejected"})
"""Kinds that a channel is told only where it names them: they are no alerts."""


def may_concern(notice: Notice, channel: Channel, totals: CouncilTotals | None) -> bool:
    """Tells whether a channel may have to be told. `totals` are the council's, where known.

    A retraction may concern everyone: `decide` knows who had the alert that it withdraws.
    """
    if notice.retracts:
        return True
    if notice.kind not in channel.kinds and (channel.kinds or notice.kind in ON_REQUEST):
        return False
    if notice.kind == "rejected":
        # Rubbish has no place; the desk is told of all of it.
        return True
    return _is_where(notice, channel) and _is_near(channel, totals)


def decide(notice: Notice, channel: Channel, had: Status | None) -> Decision:
    """Returns what to do with a notice at a channel.

    `had` is how the alert went at this channel that a retraction withdraws. A retraction
    goes to every channel that was given that alert, and to those that may have been (an
    attempt that failed may have arrived), whatever their filters; to nobody else. What belongs
    to a rehearsal is withheld from every live channel, before anything else is asked.
    """
    if notice.retracts:
        if had is None:
            return "skip"
        if had == "withheld":
            return "withhold"
    if notice.mode == "rehearsal" and not channel.rehearsal:
        return "withhold"
    return "send"


def seats_from_changing_hands(totals: CouncilTotals) -> int:
    """Returns how many seats, falling otherwise, would change who has control now.

    With a majority, those it would have to lose; without one, those the largest party lacks.
    """
    most = max((party.seats for party in totals.parties), default=0)
    lacking = totals.majority - most
    return lacking if lacking > 0 else 1 - lacking


def _is_where(notice: Notice, channel: Channel) -> bool:
    if channel.councils and not any(_is_council(each, notice) for each in channel.councils):
        return False
    if channel.wards and not any(notice.concerns_ward(each.casefold()) for each in channel.wards):
        return False
    return not channel.parties or not notice.parties.isdisjoint(channel.parties)


def _is_near(channel: Channel, totals: CouncilTotals | None) -> bool:
    if channel.within_seats is None:
        return True
    return totals is not None and seats_from_changing_hands(totals) <= channel.within_seats


def _is_council(council: str, notice: Notice) -> bool:
    """Tells whether an id, a GSS code or a name in the channels file means this council."""
    known = {notice.council, notice.council_gss.casefold(), notice.name.casefold()}
    return council.casefold() in known | set(notice.council.split(".")[1:2])
