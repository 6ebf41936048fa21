"""Decision: what the desk says about a ballot, made into the next event about it. No I/O."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, Literal, NamedTuple

from pydantic import ValidationError

from election.council import Council
from election.ward import Ward
from schemas.desk import DeskDecided
from schemas.refusal import refusals
from schemas.ward import WardDeclared
from services.review.waiting import contents_of, decisions_of

Ruling = Literal["accept", "refuse", "clear", "figure"]

PREFIX_MIN: Final = 4
"""Characters of a content's id that have to be given at least."""

CONTENT_LENGTH: Final = 32
"""Characters of a whole content's id."""

_SHOWN: Final = re.compile(r"([0-9]{1,9})-(.*)", re.DOTALL)
"""An id as `shown_id` makes it."""


class UnusableDecisionError(ValueError):
    """A decision that cannot be made of what was given. The message says what to give."""


class MeanwhileError(Exception):
    """What is decided about is not as it was shown. The message says what to look at again."""


class Decided(NamedTuple):
    """What the desk decides, who decides it and why.

    `content` is the id of what is accepted or refused, or the beginning of it, alone or as
    `shown_id` makes it; blank for the others. `figure` is the desk's own figure, None for the
    others.
    """

    ruling: Ruling
    by: str
    reason: str
    content: str = ""
    figure: WardDeclared | None = None


def next_decision(decided: Decided, council: Council, ward: Ward, at: datetime) -> DeskDecided:
    """Returns the event of a decision, with the next revision of its ballot.

    Raises UnusableDecisionError if the content is not that of one word, or if the rest cannot be
    an event, and MeanwhileError as `whole_content` does.
    """
    figure = decided.figure
    if figure is not None:
        figure = figure.model_copy(update={"source_id": None, "trust": None})
    try:
        return DeskDecided(
            council=council.council,
            ballot_paper_id=ward.ballot_paper_id,
            mode=council.mode,
            revision=decisions_of(ward) + 1,
            ruling=decided.ruling,
            content=whole_content(decided.content, ward) if decided.content else None,
            figure=figure,
            by=decided.by,
            reason=decided.reason,
            decided_at=at,
        )
    except ValidationError as error:
        faults = "\n".join(str(each) for each in refusals(error))
        raise UnusableDecisionError(faults) from error


def shown_id(decisions: int, content: str) -> str:
    """Returns the id under which a word is shown, such as `0-3fa9c1d2`.

    It is the revision of the desk's last decision about the ballot, and the content's id or its
    beginning. Whoever decides by it decides about what they have seen, or not at all.
    """
    return f"{decisions}-{content}"


def whole_content(given: str, ward: Ward) -> str:
    """Returns the content's id that begins as given among what sources say of a ballot.

    Raises UnusableDecisionError if no word has it, or several; and MeanwhileError if the desk has
    decided since it was shown, or if nobody says any more what was shown or has this whole id.
    """
    shown = _SHOWN.fullmatch(given)
    decisions = str(decisions_of(ward))
    what = f"content: {given!r}"
    see = f"see `livecount review show {ward.ballot_paper_id}`"
    again = f"{see}, and decide again if it still has to be"
    if shown and shown[1] != decisions:
        raise MeanwhileError(
            f"{what} was shown after the desk's decision {shown[1]}, and its last one is"
            f" {decisions}: {again}"
        )
    beginning = (shown[2] if shown else given).casefold()
    known = contents_of(ward)
    found = [each for each in known if each.startswith(beginning)]
    what = f"{what} of {ward.ballot_paper_id}"
    if len(beginning) < PREFIX_MIN:
        raise UnusableDecisionError(f"{what} is too short; give {PREFIX_MIN} characters or more")
    if len(found) == 1:
        return found[0]
    if found:
        raise UnusableDecisionError(f"{what} fits {' and '.join(found)}; give more of it")
    if shown or len(beginning) == CONTENT_LENGTH:
        raise MeanwhileError(f"{what}: nobody says that any more: {again}")
    remedy = f"is it one of {', '.join(known)}?" if known else "nobody has said anything of it"
    raise UnusableDecisionError(f"{what} is not what anybody says; {remedy}")
