"""Claim: what an alert says, apart from the event that caused it."""

from __future__ import annotations

from typing import NamedTuple

from schemas.alert import Kind, Outcome


class Key(NamedTuple):
    """What an alert is about: its kind, and the ballot and candidate where it has any."""

    kind: Kind
    ballot: str = ""
    candidate: str = ""


class Claim(NamedTuple):
    """What is told. A claim that was raised and is still true is not raised again.

    `figures` are the votes or the status that the claim rests on: when they change, what was
    printed is no longer true.
    """

    control: str | None = None
    outcome: Outcome | None = None
    change: bool | None = None
    before: str | None = None
    figures: int | str | None = None


class Told(NamedTuple):
    """A claim that was raised, with its alert's id and headline."""

    claim: Claim
    alert: str
    headline: str
