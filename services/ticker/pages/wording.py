"""How numbers, times and states are written on a page. All times are UK time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, assert_never

from schemas.alert import Alert
from schemas.flip import Flip
from schemas.uk_time import UK_TIME
from schemas.ward import Candidate
from schemas.ward_totals import WardTotals
from services.ticker.feed.entry import milliseconds
from services.ticker.pages.party_style import party_style
from services.ticker.pages.ranking import Stage
from services.ticker.pages.source_wording import confirmed_by

MINUS: Final = "\u2212"

POLLS_CLOSE: Final = time(22, tzinfo=UK_TIME)
"""Counting begins when the polls close, and the night is the day from then on."""


def number(value: int | None) -> str:
    """Returns a number as it is printed, such as `1,536`; a dash for None."""
    return "–" if value is None else f"{value:,}"


def change(value: int | None) -> str:
    """Returns a change with its sign: `+10`, `−3`, `0`; a dash for None."""
    if value is None:
        return "–"
    return f"+{value:,}" if value > 0 else f"{MINUS}{-value:,}" if value < 0 else "0"


def night(of: str) -> tuple[datetime, datetime] | None:
    """Returns when the night of an election begins and ends: a day, from when its polls close.

    `of` is the id of the election, of a council election or of a ballot, each of which ends with
    the day of its poll. None if it ends otherwise.
    """
    try:
        polled = date.fromisoformat(of.rpartition(".")[2])
        following = polled + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(polled, POLLS_CLOSE), datetime.combine(following, POLLS_CLOSE)


def night_ms(of: str) -> str:
    """Returns when a night begins and ends in milliseconds since 1970, with a blank between."""
    found = night(of)
    return " ".join(f"{each.timestamp() * 1_000:.0f}" for each in found) if found else ""


def clock(moment: datetime | None, of: str) -> str:
    """Returns a time, such as `04.10`; with its date, `24 May 14.05`, if it is not of the night.

    `of` is as for `night`. The text is empty for None and, like all texts of times, for a time that
    UK time cannot express, such as the first hour of the year 1.
    """
    return _written(moment, of, "%H.%M")


def dated(moment: datetime) -> str:
    """Returns a time with its date, such as `23 May 04.10`."""
    return _written(moment, "", "%H.%M")


def feed_clock(feed_id: str, of: str) -> str:
    """Returns the time of a feed id as `clock` does; empty for the feed's beginning."""
    time_ms = milliseconds(feed_id)
    return clock(_from_ms(time_ms), of) if time_ms else ""


def clock_with_seconds(time_ms: int, of: str) -> str:
    """Returns a time in milliseconds since 1970 as `clock` does, with seconds: `04.10.32`."""
    return _written(_from_ms(time_ms), of, "%H.%M.%S")


def _written(moment: datetime | None, of: str, form: str) -> str:
    local = _in_uk(moment)
    if local is None:
        return ""
    found = night(of)
    is_of_night = found is not None and found[0] <= local < found[1]
    return local.strftime(form) if is_of_night else f"{local.day} {local:%b} {local:{form}}"


def _in_uk(moment: datetime | None) -> datetime | None:
    try:
        return None if moment is None else moment.astimezone(UK_TIME)
    except (OverflowError, ValueError, OSError):
        return None


def _from_ms(time_ms: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(time_ms / 1_000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def count(value: int, one: str, many: str = "") -> str:
    """Returns a number with its noun: `1 ward`, `21 wards`."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def ordinal(value: int) -> str:
    """Returns a number as `1st`, `2nd`, `3rd`, `4th` or `11th`."""
    suffixes = {1: "st", 2: "nd", 3: "rd"}
    teen = value % 100 in {11, 12, 13}
    return f"{value}{'th' if teen else suffixes.get(value % 10, 'th')}"


def ward_state(ward: WardTotals) -> str:
    """Returns the state of a ward's count in a few words, and what its sources make of it.

    Nothing is said of a result from one source alone.
    """
    if ward.being_checked and ward.status in {"waiting", "counting", "recount"}:
        return "Being checked"
    state = _count_state(ward)
    if not ward.sources:
        return state
    if ward.disputed:
        return f"{state}, disputed"
    return f"{state} · {confirmed}" if (confirmed := confirmed_by(ward)) else state


def _count_state(ward: WardTotals) -> str:  # noqa: PLR0911 -- one return for each status
    match ward.status:
        case "declared":
            return "Declared" if ward.correction is None else "Corrected"
        case "partial":
            seats = count(ward.seats_contested, "seat")
            return f"{sum(ward.seats_won.values())} of {seats} declared"
        case "recount":
            return f"{ordinal(ward.recount)} recount" if ward.recount else "Recount"
        case "waiting":
            expected = clock(ward.expected_at, ward.ballot_paper_id)
            return f"Expected {expected}" if expected else "To declare"
        case "counting":
            return "Counting"
        case "postponed":
            return "Postponed"
        case "countermanded":
            return "Poll called off"
        case "uncontested":
            return "Elected without a vote"
        case "tied":
            return "Tied, to be decided by lot"
        case _:
            assert_never(ward.status)


def declaration(ward: WardTotals) -> str:
    """Returns a declared ward as it is read out, such as `Childs Hill: declared, Con 2, LD 1.`."""
    seats = ", ".join(f"{party_style(key, key).short} {n}" for key, n in ward.seats_won.items())
    revised = ", corrected" if ward.revision > 1 else ""
    disputed = ", disputed" if ward.disputed else ""
    return f"{ward.ward}: {_count_state(ward).lower()}{disputed}{revised}, {seats}."


def moving(flip: Flip) -> str:
    """Returns between whom voters would have moved: `from Zinkin (Con) to Smith (Lab)`."""
    return f"from {_people(flip.votes_from)} to {_people(flip.votes_to)}"


def _people(people: Sequence[Candidate]) -> str:
    return ", ".join(
        f"{each.candidate} ({party_style(each.party_id or None, each.party).short or each.party})"
        for each in people
    )


def correction(ward: WardTotals) -> str:
    """Returns why a result was replaced; an empty string if it was not."""
    match ward.correction:
        case None:
            return ""
        case "transcription":
            reason = "a mistake in the earlier report was put right"
        case "court":
            reason = "an election petition changed it"
        case _:
            assert_never(ward.correction)
    if ward.revision == 1:
        # Another source was right.
        return f"{reason[0].upper()}{reason[1:]}."
    return f"Corrected, version {ward.revision}: {reason}."


def alert_kind(alert: Alert) -> str:  # noqa: C901, PLR0911 -- one return for each kind
    """Returns the label of an alert's kind, or of a retraction."""
    if alert.action == "retract":
        return "Withdrawn"
    match alert.kind:
        case "control":
            return "Council decided"
        case "incumbent_out":
            return "Loses control"
        case "result":
            return "Full result"
        case "decider":
            return "It hangs on one ward"
        case "knife_edge":
            return "Knife-edge"
        case "recount":
            return "Recount"
        case "postponed":
            return "Postponed"
        case "notable_beaten":
            return "Well-known candidate beaten"
        case "milestone":
            return "Milestone"
        case "night":
            return "The night so far"
        case _:
            assert_never(alert.kind)


def stage_title(stage: Stage) -> str:
    """Returns the title of the councils in a stage of the night."""
    match stage:
        case "deciding":
            return "Closest to a decision"
        case "close":
            return "Close to a decision"
        case "counting":
            return "Counting"
        case "waiting":
            return "Yet to declare"
        case "changed":
            return "Changed hands"
        case "decided":
            return "Decided"
        case _:
            assert_never(stage)
