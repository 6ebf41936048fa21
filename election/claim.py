"""Claim: what an alert says, apart from the event that caused it."""

from __future__ import annotations

from typing import NamedTuple

from schemas.alert import Kind, Outcome

Key = tuple[Kind, str]
"""A kind of alert and the ballot or candidate it is about, empty for the council."""


class Claim(NamedTuple):
    """What is told. A claim that is raised and still true is not raised again."""

    control: str | None = None
    outcome: Outcome | None = None
    change: bool | None = None
    before: str | None = None
    after: str | None = None
    figures: str = ""


class Standing(NamedTuple):
    """A claim that was raised, with the id and the text of its alert."""

    claim: Claim
    alert_id: str
    text: str
