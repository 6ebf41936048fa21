"""What an alert says, apart from the event that caused it."""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from schemas.alert import CouncilKind, Outcome

_FINGERPRINT_BYTES = 8
"""Enough that two states of one ward or council do not share one by chance."""


class AlertKey(NamedTuple):
    """What an alert is about: its kind, and its ballot and candidate if it has any."""

    kind: CouncilKind
    ballot: str = ""
    candidate: str = ""


class Condition(NamedTuple):
    """What is true and worth an alert. While it stays the same, no second alert is raised.

    `figures` are the votes or the status on which it rests, or a `fingerprint` of them: once they
    change, the printed line is no longer true.
    """

    control: str | None = None
    outcome: Outcome | None = None
    change: bool | None = None
    control_before: str | None = None
    figures: int | str | None = None


class RaisedAlert(NamedTuple):
    """An alert that was raised and not withdrawn: its condition, its id and its headline."""

    condition: Condition
    alert: str
    headline: str


def fingerprint(*facts: object) -> str:
    """Returns a short hash of numbers, texts and lists of them: other facts have another one."""
    return blake2b(repr(facts).encode(), digest_size=_FINGERPRINT_BYTES).hexdigest()
