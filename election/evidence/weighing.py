"""Weighing: which of the words that sources have said of one ballot counts, and why others do not.

The rules are those of `docs/concepts/what-counts.md`. Nothing here knows of other ballots: what is
odd beside them, and what would decide control, is asked of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from election.declaration import Declaration
from election.evidence.agreement import merged
from election.evidence.claim import Claim, Decision, content_of
from election.rules.result import result
from schemas.council import ElectoralSystem

DESK: Final = "desk"
"""The source of a figure that the desk has entered itself."""

_BY_TRUST: Final = 3
_SECONDED: Final = 2
_ALONE: Final = 1
"""The standing of a word: of a source that counts by itself, of two that agree, of one alone."""


class Doubts(NamedTuple):
    """What speaks against a word, each a function of it that returns why, or nothing.

    `wrong` is what cannot be right whoever says it, `odd` what looks like a slip, and `decisive`
    what hangs on it: control of the council, or whether the incumbent is out.
    """

    wrong: Callable[[Declaration], str]
    odd: Callable[[Declaration], str]
    decisive: Callable[[Declaration], str]


class Standing(NamedTuple):
    """What stands of a ballot, and what became of each word.

    `declared` is None if nothing stands. `sources` say what stands, in the order in which they
    first spoke. `disputed` are the sources whose words contradict it, and `held` has those whose
    words wait, each with the reason.
    """

    declared: Declaration | None
    sources: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    held: Mapping[str, str] = {}


class _Option(NamedTuple):
    """A word, or several that agree, which could stand."""

    rank: int
    declared: Declaration
    by: tuple[str, ...]


def weigh(
    claims: Sequence[Claim],
    decision: Decision | None,
    doubts: Doubts,
    system: ElectoralSystem,
    before: Declaration | None = None,
) -> Standing:
    """Returns what stands of the words that sources have said of a ballot.

    `claims` are in the order in which their sources first spoke, one a source, and `before` is
    what stood before the last of them. What the desk has decided rules. Otherwise a word of a
    source with the trust `final` stands, or else one that two sources say, or else one of a source
    with the trust `single` that is neither odd nor decisive, unless it stands already. Of words
    with equal standing that contradict each other the first stands. What only adds to it
    completes it.
    """
    heard = [claim for claim in claims if claim.said.states_anything]
    ruled = _ruled(heard, decision)
    if ruled is not None:
        return _beside(*ruled, heard, {}, system)
    if decision is not None and decision.ruling == "clear":
        return Standing(None, held={each.source: _CLEARED for each in heard})
    refused = frozenset(decision.refused if decision is not None else ())
    held = {each.source: why for each in heard if (why := _unfit(each, refused, doubts))}
    fit = [each for each in heard if each.source not in held]
    option = _best(fit, doubts, system, before)
    if option is None:
        held |= {each.source: _why_waiting(each, doubts) for each in fit}
        return Standing(_kept(before, heard, refused), held=held)
    return _beside(option.declared, option.by, heard, held, system)


_CLEARED: Final = "the desk has decided that nothing stands"
_REFUSED: Final = "the desk has refused it"
_UNSECONDED: Final = "it waits for a second source, or the desk"


def _ruled(
    heard: Sequence[Claim], decision: Decision | None
) -> tuple[Declaration, tuple[str, ...]] | None:
    """Returns what the desk lets stand and who says it; None while nobody has said it."""
    if decision is None:
        return None
    if decision.ruling == "figure" and decision.figures is not None:
        return decision.figures, (DESK,)
    if decision.ruling == "accept":
        for claim in heard:
            if content_of(claim.said) == decision.content:
                return claim.said, (claim.source,)
    return None


def _unfit(claim: Claim, refused: frozenset[str], doubts: Doubts) -> str:
    if refused and content_of(claim.said) in refused:
        return _REFUSED
    return doubts.wrong(claim.said)


def _best(
    fit: Sequence[Claim], doubts: Doubts, system: ElectoralSystem, before: Declaration | None
) -> _Option | None:
    """Returns what has the highest standing; the first of those that have the same."""
    trusted = [each for each in fit if each.trust == "final"]
    if trusted:
        return _completed(_BY_TRUST, trusted, system)
    for place, one in enumerate(fit):
        for other in fit[place + 1 :]:
            if _second(one.said, other.said, system):
                return _completed(_SECONDED, (one, other), system)
    stood = content_of(before) if before is not None else ""
    for one in fit:
        if one.trust == "single" and (
            content_of(one.said) == stood or not (doubts.odd(one.said) or doubts.decisive(one.said))
        ):
            return _Option(_ALONE, one.said, (one.source,))
    return None


def _completed(rank: int, claims: Iterable[Claim], system: ElectoralSystem) -> _Option:
    """Returns the first word with what those that agree with it add."""
    first, *others = claims
    declared, by = first.said, [first.source]
    for each in others:
        together = merged(declared, each.said, system)
        if together is not None:
            declared = together
            by.append(each.source)
    return _Option(rank, declared, tuple(by))


def _second(one: Declaration, other: Declaration, system: ElectoralSystem) -> bool:
    """Returns whether two words say the same of every seat, and contradict each other nowhere."""
    first = result(one.candidates, one.seats_contested, system)
    second = result(other.candidates, other.seats_contested, system)
    if first is None or second is None or first.seats_won != second.seats_won:
        return False
    return merged(one, other, system) is not None


def _why_waiting(claim: Claim, doubts: Doubts) -> str:
    if claim.trust == "second":
        return _UNSECONDED
    return doubts.odd(claim.said) or doubts.decisive(claim.said) or _UNSECONDED


def _kept(
    before: Declaration | None, heard: Sequence[Claim], refused: frozenset[str]
) -> Declaration | None:
    """Returns what stood before, while the new word of whoever said it waits; None if not.

    It does not stand any longer once nobody says anything of the ballot, or the desk refused it.
    """
    if before is None or not heard or content_of(before) in refused:
        return None
    return before


def _beside(
    declared: Declaration,
    by: tuple[str, ...],
    heard: Sequence[Claim],
    held: Mapping[str, str],
    system: ElectoralSystem,
) -> Standing:
    """Returns what stands, with who else says so, and who contradicts it.

    Who says less, such as one of two seats, does neither.
    """
    sources, disputed = list(by), []
    for claim in heard:
        if claim.source in by or claim.source in held:
            continue
        if merged(declared, claim.said, system) is None:
            disputed.append(claim.source)
        elif _second(declared, claim.said, system):
            sources.append(claim.source)
    return Standing(declared, tuple(sources), tuple(disputed), held)
