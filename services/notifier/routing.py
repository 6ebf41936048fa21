"""Which channel is sent which notice."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, assert_never, get_args

from schemas.totals import CouncilTotals
from services.notifier.channels import Channel
from services.notifier.ledger import Status
from services.notifier.notice import NIGHT_KINDS, Notice, NoticeKind, RejectKind

Decision = Literal["send", "withhold", "skip"]
"""`withhold`: not sent, and recorded as withheld. `skip`: not sent, and not recorded."""

_OF_INPUT: Final = get_args(RejectKind)


def may_concern(notice: Notice, channel: Channel, totals: CouncilTotals | None) -> bool:
    """Returns whether a channel's filters let a notice through.

    `totals` are the council's, or None if they are unknown. A retraction always passes: `decide`
    knows which channels had the alert that it withdraws.
    """
    if notice.retracts:
        return True
    if not _is_wanted(notice.kind, channel):
        return False
    if notice.kind in _OF_INPUT:
        return _concerns_desk(notice, channel, totals)
    if channel.changes_only and not notice.change:
        return False
    if notice.kind in NIGHT_KINDS:
        return _concerns_night(notice, channel)
    return _passes_places(notice, channel) and _is_close(channel, totals)


def decide(notice: Notice, channel: Channel, retracted: Status | None) -> Decision:
    """Returns what to do with a notice at a channel.

    `retracted` is how the alert that the notice withdraws went at this channel, or None if it has
    no record of one. A retraction goes to every channel that was sent the alert, and to those
    that may have received it (an attempt that failed may have arrived), whatever their filters;
    to no other. A notice of a rehearsal is withheld from every live channel, and one with a doubt
    from all channels. So is, from people, one that the control alert of the same event tells.
    """
    if notice.doubt:
        return "withhold"
    if notice.retracts:
        match retracted:
            case None:
                return "skip"
            case "withheld" | "dropped":
                return "withhold"
            case "sent" | "failed":
                pass
            case unknown:
                assert_never(unknown)
    if notice.mode == "rehearsal" and not channel.rehearsal:
        return "withhold"
    return "withhold" if _is_told_by_another(notice, channel) else "send"


def why_withheld(notice: Notice, channel: Channel) -> str:
    """Returns why `decide` withholds a notice from a channel, as the ledger records it."""
    if notice.doubt:
        return notice.doubt
    if notice.mode == "rehearsal" and not channel.rehearsal:
        return "rehearsal; the channel is live"
    if notice.retracts:
        return "what it withdraws was withheld"
    return "told by the control alert of the same event"


def _is_wanted(kind: NoticeKind, channel: Channel) -> bool:
    """Returns whether a channel names a kind, or names none and the kind is an alert's.

    Digests of the night come every quarter of an hour, so they have to be named.
    """
    match kind:
        case "declared" | "rejected" | "night" | "reminder":
            return kind in channel.kinds
        case "held" | "conflict" | "parked":
            return not {kind, "rejected"}.isdisjoint(channel.kinds)
        case (
            "control"
            | "incumbent_out"
            | "result"
            | "decider"
            | "knife_edge"
            | "recount"
            | "postponed"
            | "notable_beaten"
            | "milestone"
        ):
            return not channel.kinds or kind in channel.kinds
        case unknown:
            assert_never(unknown)


def _concerns_night(notice: Notice, channel: Channel) -> bool:
    """Returns whether an alert of the whole night passes a channel's filters.

    It is of no council and no ward: a channel that is limited to some is sent it only if it names
    the kind. A filter for parties holds for what is about a party.
    """
    if notice.kind in channel.kinds:
        return not notice.parties or _passes_parties(notice, channel)
    is_limited = channel.councils or channel.wards or channel.within_seats
    return not is_limited and _passes_parties(notice, channel)


def _concerns_desk(notice: Notice, channel: Channel, totals: CouncilTotals | None) -> bool:
    """Returns whether input that was not counted passes a channel's filters.

    What cannot be read belongs to no council, ward or party, so no filter applies to it, nor to a
    channel that wants all of it. Of the rest those for councils and wards do; what is of a council
    that nobody has opened passes.
    """
    if "rejected" in channel.kinds or not notice.council or totals is None:
        return True
    named = replace(notice, council_gss=totals.council_gss, name=totals.name)
    no_party = channel.model_copy(update={"parties": ()})
    return _passes_places(named, no_party)


def _is_told_by_another(notice: Notice, channel: Channel) -> bool:
    """Returns whether the control alert of the same event tells people this as well.

    A gain or a loss says that the party in control before is out. A webhook is sent every alert.
    """
    return bool(notice.told_by) and not channel.webhook and _is_wanted("control", channel)


def _passes_places(notice: Notice, channel: Channel) -> bool:
    """Returns whether a notice passes the filters for councils, wards and parties."""
    if channel.councils and not any(_is_council(each, notice) for each in channel.councils):
        return False
    if channel.wards and not any(notice.concerns_ward(each.casefold()) for each in channel.wards):
        return False
    return _passes_parties(notice, channel)


def _passes_parties(notice: Notice, channel: Channel) -> bool:
    return not channel.parties or not notice.parties.isdisjoint(channel.parties)


def _is_close(channel: Channel, totals: CouncilTotals | None) -> bool:
    """Returns whether a council is as close to a change as `within_seats` asks for."""
    if channel.within_seats is None:
        return True
    seats = totals.seats_to_change if totals else None
    return seats is not None and seats <= channel.within_seats


def _is_council(council: str, notice: Notice) -> bool:
    """Returns whether an id, a GSS code or a name in the channels file means this council."""
    known = {notice.council, notice.council_gss.casefold(), notice.name.casefold()}
    return council.casefold() in known | set(notice.council.split(".")[1:2])
