"""Planned: an event of a file, what it does to what the log has, and that in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, Self, get_args

from election.council import Council
from election.declaration import Declaration
from election.evidence.agreement import completes
from election.fold import Effects
from election.foreseen import warnings_of
from election.known_revision import known_revision
from election.rules.majority import party_of
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.events import Event
from schemas.ward import WardDeclared
from services.declare.numbering import keeps_all
from services.declare.words import difference, name_of, stands

Outcome = Literal["new", "changed", "corrected", "unchanged", "set aside"]
"""What an event does: `new` says something of which nothing was known, `changed` adds to what was
known or goes on from it, `corrected` replaces a result, `unchanged` is known already. What is `set
aside` does not count, or not yet."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""Every outcome, in the order in which they are counted."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An event as it is to be sent, what it does, and that in words, in one line or several.

    The words are blank if there is nothing to be said, and `warnings` say what is odd about an
    event that counts, or who contradicts it. What is set aside is sent too, so that the desk sees
    it among the rejects, unless it is there already.
    """

    event: Event
    outcome: Outcome
    words: str = ""
    is_sent: bool = True
    warnings: tuple[str, ...] = ()

    def not_sent(self) -> Self:
        """Returns the same, not to be sent."""
        return replace(self, is_sent=False)


def told(event: Event, before: Council | None, after: Council, effects: Effects) -> Planned:
    """Returns an event that was sent or is to be sent, by its effects."""
    aside = ": ".join(effects.aside or ())
    if aside and not effects.changed:
        return set_aside(event, after, aside)
    if not effects.changed:
        return Planned(event, "unchanged")
    outcome: Outcome = "changed"
    if not known_revision(event, before):
        outcome = "new"
    elif _is_correction(event, before, after):
        outcome = "corrected"
    words = difference(event, before, after)
    if not keeps_all(event, after):
        words += "; what is left out of it stands"
    if not aside:
        return Planned(event, outcome, words, warnings=warnings_of(event, before, after, effects))
    if not isinstance(event, CouncilOpened):
        return set_aside(event, after, aside)
    return Planned(event, "set aside", f"{words}\n{aside}")


def set_aside(event: Event, council: Council, reason: str, *, is_sent: bool = True) -> Planned:
    """Returns an event that does not count, or not yet, with the reason."""
    return Planned(event, "set aside", f"{name_of(event, council)}: {reason}", is_sent=is_sent)


def said_less(event: Event, council: Council) -> str:
    """Returns what the log has beyond an event that adds nothing; blank if it has no more."""
    if keeps_all(event, council):
        return ""
    known = known_revision(event, council)
    return (
        f"{stands(event, council)}; stands, though the file now says less of it: to take the rest"
        f" back, declare it as revision {known + 1} in a file of events"
    )


def count_of(planned: Iterable[Planned], outcome: Outcome) -> int:
    """Returns how many of the planned events have an outcome."""
    return sum(each.outcome == outcome for each in planned)


def _is_correction(event: Event, before: Council | None, after: Council) -> bool:
    """Returns whether a changed result replaces one, other than by adding to it."""
    if before is None:
        return False
    if isinstance(event, CouncilDeclared):
        return bool(before.declared) and event.correction is not None
    if not isinstance(event, WardDeclared):
        return False
    ward = before.wards.get(event.ballot_paper_id)
    known = ward.declared if ward else None
    now = after.wards[event.ballot_paper_id].declared
    if ward is None or ward.result is None or known is None or now is None:
        return False
    return not completes(known, now, ward.system) or not _marked(known) <= (
        _marked(now) or _marked(known)
    )


def _marked(declared: Declaration) -> set[tuple[str, str]]:
    """Returns name and party of everybody who is marked as elected."""
    return {(each.candidate, party_of(each)) for each in declared.candidates if each.elected}
