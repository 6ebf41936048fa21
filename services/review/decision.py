"""Decision: what the desk says about a ballot, made into the next event about it. No I/O."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, NamedTuple

from pydantic import ValidationError

from election.council import Council
from election.evidence.claim import content_of
from election.ward import Ward
from schemas.desk import DeskDecided
from schemas.refusal import refusals
from schemas.ward import WardDeclared
from services.review.waiting import claims_of

Ruling = Literal["accept", "refuse", "clear", "figure"]

PREFIX_MIN: Final = 4
"""Characters of a content's id that have to be given at least."""

CONTENT_LENGTH: Final = 32
"""Characters of a whole content's id, which may name what nobody has said yet."""


class UnusableDecisionError(ValueError):
    """A decision that cannot be made of what was given. The message says what to give."""


class Decided(NamedTuple):
    """What the desk decides, who decides it and why.

    `content` is the id of what is accepted or refused, or the beginning of it; blank for the
    others. `figure` is the desk's own figure, None for the others.
    """

    ruling: Ruling
    by: str
    reason: str
    content: str = ""
    figure: WardDeclared | None = None


def next_decision(decided: Decided, council: Council, ward: Ward, at: datetime) -> DeskDecided:
    """Returns the event of a decision, with the next revision of its ballot.

    Raises UnusableDecisionError if the content is not that of one word, or if the rest cannot be
    an event.
    """
    known = ward.evidence.decision if ward.evidence is not None else None
    figure = decided.figure
    if figure is not None:
        figure = figure.model_copy(update={"source_id": None, "trust": None})
    try:
        return DeskDecided(
            council=council.council,
            ballot_paper_id=ward.ballot_paper_id,
            mode=council.mode,
            revision=(known.revision if known is not None else 0) + 1,
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


def whole_content(given: str, ward: Ward) -> str:
    """Returns the content's id that begins as given among what sources say of a ballot.

    A whole id is taken as it is. Raises UnusableDecisionError if no word has it, or several.
    """
    if len(given) == CONTENT_LENGTH:
        return given
    known = dict.fromkeys(content_of(claim.said) for claim in claims_of(ward))
    found = [each for each in known if each.startswith(given.casefold())]
    if len(given) >= PREFIX_MIN and len(found) == 1:
        return found[0]
    what = f"content: {given!r} of {ward.ballot_paper_id}"
    if len(given) < PREFIX_MIN:
        raise UnusableDecisionError(f"{what} is too short; give {PREFIX_MIN} characters or more")
    if found:
        raise UnusableDecisionError(f"{what} fits {' and '.join(found)}; give more of it")
    remedy = f"is it one of {', '.join(known)}?" if known else "nobody has said anything of it"
    raise UnusableDecisionError(f"{what} is not what anybody says; {remedy}")
