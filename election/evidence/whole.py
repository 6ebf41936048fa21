"""Whole: which of several sources' results of one council as a whole counts.

The rules are those for wards (`election.evidence.weighing`), with what differs: seats by party
instead of candidates, a running score that grows, and no decisions of the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from schemas.council_result import CouncilDeclared
from schemas.source import Trust


class WholeClaim(NamedTuple):
    """What a source says of a council as a whole: its latest word, with its trust at that time."""

    source: str
    trust: Trust
    said: CouncilDeclared


class WholeEvidence(NamedTuple):
    """All that was said of a council as a whole, and what became of it.

    `claims` are one a source, in the order in which these first spoke. `sources` say what stands,
    `disputed` contradict it, and `held` are those whose words wait, each with the reason. Who said
    what stands, and now something that waits, is in both.
    """

    claims: tuple[WholeClaim, ...] = ()
    sources: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    held: Mapping[str, str] = {}

    @property
    def agreeing(self) -> tuple[str, ...]:
        """Those who say what stands, without those who now say something that waits."""
        return tuple(source for source in self.sources if source not in self.held)


class WholeDoubts(NamedTuple):
    """What is known of a council beside a result of it.

    `is_final` is whether nothing more will come. `wrong` is what cannot be right whoever says it,
    and `decisive` what hangs on it; both are blank if there is nothing.
    """

    is_final: Callable[[CouncilDeclared], bool]
    wrong: Callable[[CouncilDeclared], str]
    decisive: Callable[[CouncilDeclared], str]


class WholeStanding(NamedTuple):
    """The result of a council as a whole that stands, None if none does, and what was said."""

    declared: CouncilDeclared | None
    evidence: WholeEvidence


_UNSECONDED: Final = "it waits for a second source"
_SAYS_MORE: Final = "it says more than what stands, and waits for a second source"
_CONTRADICTED: Final = "another source that counts by itself says something else"


def seats_by_party(said: CouncilDeclared) -> dict[str, int]:
    """Returns what a council's result says of each party with seats, in whatever order."""
    return {each.party_id: each.seats for each in said.seats if each.seats}


def weigh_whole(
    claims: Sequence[WholeClaim], doubts: WholeDoubts, before: WholeStanding, speaker: str = ""
) -> WholeStanding:
    """Returns what stands of what sources have said of a council as a whole.

    A word of a source with the trust `final` stands, or else one that two sources say, or else one
    of a source with the trust `single` or `checked` that decides nothing, unless it stands already.
    Of words with equal standing that contradict each other the first stands. A later running score
    of another source, in which no party has fewer seats, completes it.

    `speaker` is the source that has just spoken, blank if nobody has: it moves what stands only
    if it is among those who say what then stands. What stands does not become wrong by wards that
    came later: they wait until all of them have declared.
    """
    held = {
        each.source: why
        for each in claims
        if not (speaker and before.declared and _same(each.said, before.declared, doubts))
        and (why := doubts.wrong(each.said))
    }
    fit = [each for each in claims if each.source not in held]
    best = _best(fit, doubts, before.declared)
    if best is None:
        waiting = {each.source: _why_waiting(each, doubts) for each in fit}
        return _kept(before, claims, held, waiting, doubts)
    declared, by = best
    if not speaker or speaker in by or declared == before.declared:
        return _beside(declared, by, claims, held, doubts)
    waiting = {each.source: _waits_on(each) for each in fit}
    return _kept(before, claims, held, waiting, doubts)


def _best(
    fit: Sequence[WholeClaim], doubts: WholeDoubts, stood: CouncilDeclared | None
) -> tuple[CouncilDeclared, tuple[str, ...]] | None:
    trusted = [each for each in fit if each.trust == "final"]
    if trusted:
        return _completed(trusted, doubts)
    for place, one in enumerate(fit):
        for other in fit[place + 1 :]:
            if _same(one.said, other.said, doubts):
                return one.said, (one.source, other.source)
    alone = [
        each
        for each in fit
        if each.trust != "second"
        and (
            (stood is not None and _same(each.said, stood, doubts))
            or not doubts.decisive(each.said)
        )
    ]
    return _completed(alone, doubts) if alone else None


def _completed(
    claims: Sequence[WholeClaim], doubts: WholeDoubts
) -> tuple[CouncilDeclared, tuple[str, ...]]:
    """Returns the first word, or the last of those that complete it, and who says it."""
    first, *others = claims
    declared, by = first.said, [first.source]
    for each in others:
        if _same(declared, each.said, doubts):
            by.append(each.source)
        elif _says_less(declared, each.said, doubts):
            declared, by = each.said, [each.source]
    return declared, tuple(by)


def _same(one: CouncilDeclared, other: CouncilDeclared, doubts: WholeDoubts) -> bool:
    same_end = doubts.is_final(one) == doubts.is_final(other)
    return same_end and seats_by_party(one) == seats_by_party(other)


def _says_less(one: CouncilDeclared, other: CouncilDeclared, doubts: WholeDoubts) -> bool:
    """Returns whether one may be a running score on the way to the other."""
    if doubts.is_final(one):
        return False
    more = seats_by_party(other)
    return all(seats <= more.get(party, 0) for party, seats in seats_by_party(one).items())


def _why_waiting(claim: WholeClaim, doubts: WholeDoubts) -> str:
    return _UNSECONDED if claim.trust == "second" else doubts.decisive(claim.said) or _UNSECONDED


def _waits_on(claim: WholeClaim) -> str:
    """Returns why a word waits that others would bring about."""
    return _CONTRADICTED if claim.trust == "final" else _UNSECONDED


def _kept(
    before: WholeStanding,
    claims: Sequence[WholeClaim],
    held: Mapping[str, str],
    waiting: Mapping[str, str],
    doubts: WholeDoubts,
) -> WholeStanding:
    """Returns what stood before, beside the words as they are now; nothing if it cannot stand on.

    It stands as long as it was said by a source that is not `second`, or by two.
    """
    declared = before.declared
    by = [claim for claim in claims if claim.source in before.evidence.sources]
    is_enough = len(by) > 1 or any(claim.trust != "second" for claim in by)
    if declared is None or not is_enough:
        return WholeStanding(None, WholeEvidence(tuple(claims), held={**waiting, **held}))
    changed = {c.source for c in by if not _same(declared, c.said, doubts)}
    waits = {name: why for name, why in waiting.items() if name in changed}
    return _beside(declared, [c.source for c in by], claims, {**waits, **held}, doubts)


def _beside(
    declared: CouncilDeclared,
    by: Sequence[str],
    claims: Sequence[WholeClaim],
    held: Mapping[str, str],
    doubts: WholeDoubts,
) -> WholeStanding:
    """Returns what stands, with who else says so, and who contradicts it.

    Who says less, such as an earlier running score, does neither; who says more, and does not
    count by that, waits with it.
    """
    sources, disputed, waits = list(by), [], dict(held)
    for claim in claims:
        if claim.source in by or claim.source in held:
            continue
        if _same(declared, claim.said, doubts):
            sources.append(claim.source)
        elif _says_less(declared, claim.said, doubts):
            waits[claim.source] = _SAYS_MORE
        elif not _says_less(claim.said, declared, doubts):
            disputed.append(claim.source)
    evidence = WholeEvidence(tuple(claims), tuple(sources), tuple(disputed), waits)
    return WholeStanding(declared, evidence)
