"""How numbers, times and states are written on the page."""

from __future__ import annotations

from datetime import UTC, datetime

from schemas.alert import Alert
from schemas.reject import Reason
from schemas.totals import WardTotals
from schemas.uk_time import UK_TIME
from services.ticker.feed.entry import milliseconds
from services.ticker.pages.party_style import party_style

MINUS = "\u2212"


def number(value: int | None) -> str:
    """Returns a number as it is printed: `1,536`; a dash where it is unknown."""
    return "–" if value is None else f"{value:,}"


def change(value: int | None) -> str:
    """Returns a change with its sign: `+10`, `−3`, `0`; a dash where it is unknown."""
    if value is None:
        return "–"
    return f"+{value:,}" if value > 0 else f"{MINUS}{-value:,}" if value < 0 else "0"


def clock(moment: datetime | None) -> str:
    """Returns a time of the night in the United Kingdom, such as `04.10`; empty for None."""
    return "" if moment is None else moment.astimezone(UK_TIME).strftime("%H.%M")


def dated(moment: datetime) -> str:
    """Returns a time with its day, such as `23 May 04.10`, in the United Kingdom."""
    local = moment.astimezone(UK_TIME)
    return f"{local.day} {local:%b %H.%M}"


def feed_clock(feed_id: str) -> str:
    """Returns when a feed id was written, such as `04.10`; empty for the beginning."""
    moment_ms = milliseconds(feed_id)
    return clock(datetime.fromtimestamp(moment_ms / 1_000, UTC)) if moment_ms else ""


def moment(moment_ms: int) -> str:
    """Returns a moment given in milliseconds since 1970, such as `04.10.32`."""
    return datetime.fromtimestamp(moment_ms / 1_000, UK_TIME).strftime("%H.%M.%S")


def count(value: int, one: str, many: str = "") -> str:
    """Returns a number with its noun: `1 ward`, `21 wards`."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def ordinal(value: int) -> str:
    """Returns `1st`, `2nd`, `3rd`, `4th`, `11th`."""
    suffixes = {1: "st", 2: "nd", 3: "rd"}
    teen = value % 100 in {11, 12, 13}
    return f"{value}{'th' if teen else suffixes.get(value % 10, 'th')}"


def ward_state(ward: WardTotals) -> str:
    """Returns where a ward's count stands, in a few words."""
    if ward.status == "declared":
        return "Declared" if ward.correction is None else "Corrected"
    if ward.status == "recount":
        return f"{ordinal(ward.recount)} recount" if ward.recount else "Recount"
    if ward.status == "waiting" and ward.expected_at is not None:
        return f"Expected {clock(ward.expected_at)}"
    return {
        "waiting": "To declare",
        "counting": "Counting",
        "postponed": "Postponed",
        "countermanded": "Countermanded",
        "uncontested": "Uncontested",
        "tied": "Tied, awaiting the lot",
    }[ward.status]


def declaration(ward: WardTotals) -> str:
    """Returns a declared ward as it is read out, such as `Childs Hill: declared, Con 2, LD 1`."""
    seats = ", ".join(f"{party_style(key, key).short} {n}" for key, n in ward.seats_won.items())
    revised = f" in revision {ward.revision}" if ward.revision > 1 else ""
    return f"{ward.ward}: {ward_state(ward).lower()}{revised}, {seats}."


def correction(ward: WardTotals) -> str:
    """Returns why a result was replaced, or nothing."""
    if ward.correction is None:
        return ""
    why = {
        "transcription": "a mistake in the earlier report was put right",
        "court": "an election petition changed it",
    }[ward.correction]
    return f"Revision {ward.revision}: {why}."


def alert_kind(alert: Alert) -> str:
    """Returns an alert's kind as a label."""
    if alert.action == "retract":
        return "Withdrawn"
    return {
        "control": "Control",
        "incumbent_out": "Majority lost",
        "decider": "Decider",
        "knife_edge": "Knife-edge",
        "recount": "Recount",
        "postponed": "Postponed",
        "notable_beaten": "Beaten",
    }[alert.kind]


def reject_reason(reason: Reason) -> str:
    """Returns what kind of fault kept input from being counted, as a label."""
    return {
        "envelope": "Unusable envelope",
        "payload": "Unusable content",
        "key": "Wrong key",
        "conflict": "Contradicts the count",
        "too_large": "Too large",
    }[reason]
