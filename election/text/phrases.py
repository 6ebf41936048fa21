"""Phrases: headlines and numbers as the wires print them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from schemas.alert import Outcome
from schemas.party import NOC

LINE_MAX_CHARACTERS = 300
"""The longest text that the schemas allow."""

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def headline(name: str, label: Outcome | None, control: str, control_before: str) -> str:  # noqa: PLR0911 -- one a label
    """Returns the wire line of an outcome, such as `LAB GAIN Birmingham from NOC`.

    `control` and `control_before` are wire names. If the control before is unknown, nothing is
    held or gained: `CON WIN Barnet`, or `NOC Barnet`.
    """
    match label:
        case None:
            return f"NOC {name}" if control == NOC else f"{control} WIN {name}"
        case "hold":
            return f"{control} HOLD {name}"
        case "gain":
            return f"{control} GAIN {name} from {control_before}"
        case "gain_from_noc":
            return f"{control} GAIN {name} from NOC"
        case "loss_to_noc":
            return f"{control_before} LOSE {name} to NOC"
        case "noc_hold":
            return f"NOC HOLD {name}"
        case "undetermined":
            return f"{name}: no result yet"
    assert_never(label)


def counted(number: int, one: str) -> str:
    """Returns a number with its noun: `1 vote`, `9 votes`, `1,088 voters`."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def all_of(number: int, seats: int) -> str:
    """Returns how many of a ward's seats: `the seat`, `both seats`, `2 of 3 seats`."""
    if number < seats:
        return f"{number} of {seats} seats"
    return {1: "the seat", 2: "both seats"}.get(seats, f"all {seats} seats")


def ordinal(number: int) -> str:
    """Returns an ordinal: `second` for 2, and digits from the ninth on, such as `9th`."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    teens = number % 100 in {11, 12, 13}
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def nth_recount(number: int) -> str:
    """Returns `recount` for the first and `third recount` for the third."""
    return f"{ordinal(number)} recount" if number > 1 else "recount"


def went_by(seats: int, votes: int, place: int | None = None) -> str:
    """Returns how the last of a ward's seats went: `the third seat went by 9 votes`, or by lot.

    `place` is that of another of its seats: `the first seat went by 9 votes`.
    """
    seat = "the seat" if seats == 1 else f"the {ordinal(place or seats)} seat"
    return f"{seat} went by {counted(votes, 'vote') if votes else 'lot'}"


def confirmed(sources: int) -> str:
    """Returns `confirmed by two sources`; blank for one, of which nothing is said."""
    return f"confirmed by {spelled(sources)} sources" if sources > 1 else ""


def spelled(number: int) -> str:
    """Returns a number in words up to nine, and in digits from 10 on."""
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def signed(number: int) -> str:
    """Returns a change with its sign: `+5`, `−6` with a minus sign, `±0`."""
    return f"+{number}" if number > 0 else f"−{-number}" if number else "±0"


def listed(items: list[str]) -> str:
    """Returns a list as part of a sentence: `a`, `a and b`, `a, b and c`."""
    if len(items) < 2:  # noqa: PLR2004 - one item needs no joining
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def clipped(text: str, longest: int = LINE_MAX_CHARACTERS) -> str:
    """Returns a text cut to `longest` characters. Only absurdly long names need it."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def first_that_fits(texts: Iterable[str], longest: int = LINE_MAX_CHARACTERS) -> str:
    """Returns the first of several texts that is not too long, or the last; fullest first."""
    text = ""
    for text in texts:
        if len(text) <= longest:
            break
    return text
