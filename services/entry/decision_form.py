"""A decision as a form has it, made into the next event about its ballot. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, get_args

from election.council import Council
from election.ward import Ward
from schemas.desk import DeskDecided
from services.entry.figure import UnusableFigureError, figure_of, people_of
from services.review.decision import (
    Decided,
    MeanwhileError,
    Ruling,
    UnusableDecisionError,
    next_decision,
)
from services.review.waiting import contents_of, decisions_of

RULINGS: Final[tuple[Ruling, ...]] = get_args(Ruling)


def decision_of(
    fields: Mapping[str, str], by: str, council: Council, ward: Ward, at: datetime
) -> DeskDecided:
    """Returns the event of the decision in a form's fields.

    Raises UnusableDecisionError, with one line for each fault, and MeanwhileError if the desk has
    decided, or a source has said something else, since the form's page was made.
    """
    if fields.get("revision") != str(decisions_of(ward)):
        raise MeanwhileError(
            "Another decision about this ballot was made since this page was: see below what it"
            " came to, and decide again if it still has to be."
        )
    ruling, content = _chosen(fields.get("decision", ""))
    if content and content not in contents_of(ward):
        raise MeanwhileError(
            "Nobody says any more what you have decided about: see below what is said now."
        )
    reason = fields.get("reason", "").strip()
    if not reason:
        raise UnusableDecisionError("reason: say why; it stands in the log")
    if ruling != "figure" and _has_figure(fields):
        raise UnusableDecisionError(
            "decision: there are figures of your own, but another decision is chosen; choose Own"
            " figure, or empty its fields"
        )
    try:
        figure = figure_of(fields, council, ward, people_of(ward)) if ruling == "figure" else None
    except UnusableFigureError as error:
        raise UnusableDecisionError(str(error)) from error
    return next_decision(Decided(ruling, by, reason, content, figure), council, ward, at)


def _chosen(text: str) -> tuple[Ruling, str]:
    """Returns what is decided, and the content that it is about, blank if there is none."""
    name, _, content = text.partition(" ")
    for ruling in RULINGS:
        if ruling == name and bool(content) == (ruling in {"accept", "refuse"}):
            return ruling, content
    raise UnusableDecisionError("decision: choose one of those below")


def _has_figure(fields: Mapping[str, str]) -> bool:
    return any(
        value.strip() for name, value in fields.items() if name.startswith(("votes-", "elected-"))
    )
