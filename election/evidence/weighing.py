"""Weighing: which of the words that sources have said of one ballot counts, and why others do not.

The rules are those of `docs/concepts/what-counts.md`. Nothing here knows of other ballots: what is
odd beside them, and what would decide control, is asked of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from election.declaration import Declaration
from election.evidence.agreement import merged
from election.evidence.claim import CLEARED, NO_POLL, REFUSED, Claim, Decision, content_of
from election.evidence.no_poll import ruled_no_poll
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

    `wrong` is what cannot be right whoever says it, `odd` what looks like a slip, `decisive` what
    hangs on it: control of the council, or whether the incumbent is out, and `close` how few votes
    would have elected somebody else, which holds a source with the trust `checked` only.
    """

    wrong: Callable[[Declaration], str]
    odd: Callable[[Declaration], str]
    decisive: Callable[[Declaration], str]
    close: Callable[[Declaration], str]


class Standing(NamedTuple):
    """What stands of a ballot, and what became of each word.

    `declared` is None if nothing stands. `sources` say what stands, in the order in which they
    first spoke; the newer word of one may be among those that wait. `disputed` are the sources
    whose words contradict it, and `held` has those whose words wait, each with the reason.
    """

    declared: Declaration | None
    sources: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    held: Mapping[str, str] = {}


NOTHING: Final = Standing(None)
"""What stands of a ballot of which nobody has said anything."""


class _Option(NamedTuple):
    """A word, or several that agree, which could stand."""

    rank: int
    declared: Declaration
    by: tuple[str, ...]


def weigh(  # noqa: PLR0913, PLR0917 -- all that a ballot's standing follows from
    claims: Sequence[Claim],
    decision: Decision | None,
    doubts: Doubts,
    system: ElectoralSystem,
    before: Standing = NOTHING,
    speaker: str = "",
) -> Standing:
    """Returns what stands of the words that sources have said of a ballot.

    `claims` are in the order in which their sources first spoke, one a source, and `before` is
    what stood before the last of them. What the desk has decided rules, unless it cannot be right.
    Otherwise a word of a source with the trust `final` stands, or else one that two sources say,
    or else one of a source with the trust `single` that is neither odd nor decisive, or with the
    trust `checked` that is not close either, unless it stands already. Of words with equal standing
    that contradict each other the first stands. What only adds to it completes it.

    `speaker` is the source that has just spoken, blank if it is not for a word that they are
    weighed: it moves what stands only if it is among those who say what then stands, or if it
    takes back what stood.
    """
    heard = [claim for claim in claims if claim.said.states_anything]
    ruled = _ruled(heard, decision)
    if ruled is not None and not doubts.wrong(ruled[0]):
        return _beside(*ruled, heard, {}, system)
    if decision is not None and decision.ruling == "clear":
        return Standing(None, held={each.source: CLEARED for each in heard})
    if ruled_no_poll(decision) is not None:
        return Standing(None, held={each.source: NO_POLL for each in heard})
    refused = frozenset(decision.refused if decision is not None else ())
    held = {each.source: why for each in heard if (why := _unfit(each, refused, doubts))}
    fit = [each for each in heard if each.source not in held]
    option = _best(fit, doubts, system, before.declared)
    if option is None:
        waiting = {each.source: _why_waiting(each, doubts) for each in fit}
        return _kept(before, heard, held, waiting, refused, system)
    after = _beside(option.declared, option.by, heard, held, system)
    if not speaker or after.declared == before.declared or speaker in option.by:
        return after
    waiting = {each.source: before.held.get(each.source) or _waits_on(each) for each in fit}
    kept = _kept(before, heard, held, waiting, refused, system)
    trust = next(claim.trust for claim in claims if claim.source == speaker)
    has_withdrawn = speaker in before.sources and all(each.source != speaker for each in heard)
    return after if has_withdrawn and (kept.declared is None or trust != "second") else kept


_UNSECONDED: Final = "it waits for a second source, or the desk"
_SAYS_MORE: Final = "it says more than what stands, and waits for a second source, or the desk"
_CONTRADICTED: Final = "another source that counts by itself says something else; the desk decides"


def _ruled(
    heard: Sequence[Claim], decision: Decision | None
) -> tuple[Declaration, tuple[str, ...]] | None:
    """Returns what the desk lets stand and who says it; None while nobody has said it."""
    if decision is None or decision.figures is None:
        return None
    if decision.ruling == "accept":
        for claim in heard:
            if content_of(claim.said) == decision.content:
                return claim.said, (claim.source,)
    return decision.figures, (DESK,)


def _unfit(claim: Claim, refused: frozenset[str], doubts: Doubts) -> str:
    if refused and content_of(claim.said) in refused:
        return REFUSED
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
        if one.trust == "second":
            continue
        if content_of(one.said) == stood or not _why_not_alone(one, doubts):
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
    alone = "" if claim.trust == "second" else _why_not_alone(claim, doubts)
    return alone or _UNSECONDED


def _why_not_alone(claim: Claim, doubts: Doubts) -> str:
    """Returns why a word of a source that may count alone does not; blank if it does."""
    why = doubts.odd(claim.said) or doubts.decisive(claim.said)
    return doubts.close(claim.said) if not why and claim.trust == "checked" else why


def _waits_on(claim: Claim) -> str:
    """Returns why a word waits that others would bring about."""
    return _CONTRADICTED if claim.trust == "final" else _UNSECONDED


def _kept(  # noqa: PLR0913, PLR0917 -- all that it follows from
    before: Standing,
    heard: Sequence[Claim],
    held: Mapping[str, str],
    waiting: Mapping[str, str],
    refused: frozenset[str],
    system: ElectoralSystem,
) -> Standing:
    """Returns what stood before, beside the words as they are now; nothing if it cannot stand on.

    It stands as long as it was said by a source that is not `second`, or by two, none of which
    has taken it back: they say it still, or their new word waits. What the desk has refused does
    not. `held` are the words that cannot count, and `waiting` those that do not yet, each with the
    reason.
    """
    declared = before.declared
    by = [claim for claim in heard if claim.source in before.sources]
    is_enough = len(by) > 1 or any(claim.trust != "second" for claim in by)
    if declared is None or not is_enough or content_of(declared) in refused:
        return Standing(None, held={**waiting, **held})
    changed = {c.source for c in by if merged(declared, c.said, system) is None}
    waits = {name: why for name, why in waiting.items() if name in changed}
    return _beside(declared, [c.source for c in by], heard, {**waits, **held}, system)


def _beside(
    declared: Declaration,
    by: Sequence[str],
    heard: Sequence[Claim],
    held: Mapping[str, str],
    system: ElectoralSystem,
) -> Standing:
    """Returns what stands, with who else says so, and who contradicts it.

    Who says less, such as one of two seats, does neither; who says more, and does not count by
    that, waits with it.
    """
    sources, disputed, waits = list(by), [], dict(held)
    for claim in heard:
        if claim.source in by or claim.source in held:
            continue
        together = merged(declared, claim.said, system)
        if together is None:
            disputed.append(claim.source)
        elif _second(declared, claim.said, system):
            sources.append(claim.source)
        elif content_of(together) != content_of(declared):
            waits[claim.source] = _SAYS_MORE
    return Standing(declared, tuple(sources), tuple(disputed), waits)
