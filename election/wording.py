"""Wording: headlines and sentences as the wires print them."""

from __future__ import annotations

from schemas.alert import Outcome
from schemas.party import NOC

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def headline(name: str, label: Outcome | None, control: str, before: str) -> str:
    """Returns the wire line of an outcome; `control` and `before` are wire names.

    A control whose predecessor is unknown is a win, or NOC alone.
    """
    if label is None:
        return f"NOC {name}" if control == NOC else f"{control} WIN {name}"
    return {
        "hold": f"{control} HOLD {name}",
        "gain": f"{control} GAIN {name} from {before}",
        "gain_from_noc": f"{control} GAIN {name} from NOC",
        "loss_to_noc": f"{before} LOSE {name} to NOC",
        "noc_hold": f"NOC HOLD {name}",
        "undetermined": f"{name}: no result yet",
    }[label]


def count(number: int, one: str, many: str = "") -> str:
    """Returns a number with its noun: `1 vote`, `9 votes`, `1,088 voters`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def last_seat(seats: int) -> str:
    """Returns what the last of a ward's seats is called: `the seat`, `the third seat`."""
    if seats == 1:
        return "the seat"
    if seats <= len(_ORDINALS):
        return f"the {_ORDINALS[seats - 1]} seat"
    return "the last seat"


def went_by(seats: int, votes: int) -> str:
    """Returns how a ward's last seat went: `the third seat went by 9 votes`, or by lot."""
    if votes == 0:
        return f"{last_seat(seats)} went by lot"
    return f"{last_seat(seats)} went by {count(votes, 'vote')}"


def would_have_changed(voters: int) -> str:
    """Returns how few would have changed it: `38 voters would have changed it`."""
    return f"{count(voters, 'voter')} would have changed it"
