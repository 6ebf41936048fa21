"""Trial: what becomes of what is said of one ballot, by policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from election.council import Council
from election.declaration import Declaration, declaration
from election.evidence.beside import like_another
from election.evidence.odd import odd
from election.fold import apply
from election.rules.tally import replaced
from election.ward import Ward
from schemas.source import Trust
from schemas.ward import WardDeclared

Became = Literal["held", "disputed", "right", "warned", "silent"]
"""What becomes of a slip: it does not count; it counts, and another source contradicts it; the
truth has completed or replaced it; it counts with a warning; it counts in silence."""


class Word(NamedTuple):
    """Who says something, with which trust, whether it is the slip, and says who is elected."""

    source: str
    trust: Trust
    is_slip: bool = True
    marked: bool = False


_SINGLE, _SECOND = Word("ann", "single"), Word("ann", "second")
_BY_ANOTHER = Word("bob", "single", is_slip=False)
_BY_A_SECOND = Word("bob", "second", is_slip=False)

POLICIES: dict[str, tuple[tuple[Word, ...], ...]] = {
    "final": ((Word("ann", "final"),),),
    "single": ((_SINGLE,),),
    "single, marked": ((_SINGLE._replace(marked=True),),),
    "another source": (
        (_SINGLE, _BY_ANOTHER),
        (_BY_ANOTHER, _SINGLE),
        (_SECOND, _BY_ANOTHER),
        (_BY_ANOTHER, _SECOND),
        (_SINGLE, _BY_A_SECOND),
        (_BY_A_SECOND, _SINGLE),
    ),
    "two entries": ((_SECOND, _BY_A_SECOND), (_BY_A_SECOND, _SECOND)),
}
"""Each policy with the words that are said under it; several if the order or the trust varies."""


class Found(NamedTuple):
    """What became of a slip.

    `seats` is whether the totals have other seats by it, `elected` whether other people are shown
    as elected, and `control` whether it decides control, or puts the incumbent out, wrongly.
    `ward` is the ward with what stands.
    """

    became: Became
    why: str
    ward: Ward
    seats: bool = False
    elected: bool = False
    control: bool = False


def tried(council: Council, said: WardDeclared, true: WardDeclared, words: Sequence[Word]) -> Found:
    """Returns what became of a slip in a council, after all the words of a policy."""
    after, why = council, ""
    for word in words:
        after, effects = apply(as_said(word, said if word.is_slip else true, council), after)
        assert effects.failure is None, effects.failure
        if word.is_slip:
            why = (effects.rejection or ("", ""))[1]
    return found_of(council, after, said, true, why)


def found_of(
    council: Council, after: Council, said: WardDeclared, true: WardDeclared, why: str
) -> Found:
    """Returns what a slip has led to from one state of a council to another.

    `why` is why it is held, blank if it is not.
    """
    ward = after.wards[true.ballot_paper_id]
    if not _is_wrong(ward, true):
        is_held = bool(why) or not _is_declared(ward)
        return Found("held" if is_held else "right", why, ward)
    by_truth, _ = apply(as_said(Word("truth", "final", marked=True), true, council), council)
    found = Found(*_standing(council, ward, said), ward)
    truth = by_truth.wards[true.ballot_paper_id]
    return found._replace(
        seats=ward.contribution.parties != truth.contribution.parties,
        elected=_elected(ward) != _elected(truth),
        control=_control(after) not in {_control(council), _control(by_truth)},
    )


def changes_the_end(end: Council, found: Found) -> bool:
    """Returns whether the council's control would differ once all others have declared."""
    if end.tally is None:
        return False
    ballot = found.ward.ballot_paper_id
    last = end.wards[ballot]
    ward = replace(last, declared=found.ward.declared)
    wards = {**end.wards, ballot: ward}
    tally = replaced(end.tally, last.contribution, ward.contribution)
    return _control(replace(end, tally=tally, wards=wards)) != _control(end)


def noticed_later(end: Council, found: Found) -> bool:
    """Returns whether a ward that declares later is odd because its figures stand already."""
    declared = found.ward.declared
    if declared is None:
        return False
    ballot = found.ward.ballot_paper_id
    others = [ward for other, ward in end.wards.items() if other != ballot and ward.declared]
    return bool(like_another(declared, others))


def warnings(council: Council, said: WardDeclared) -> tuple[str, ...]:
    """Returns all that is odd about what is said, as whoever takes it in warns of it."""
    return odd(declaration(said), said.ballot_paper_id, council.wards)


def as_said(word: Word, event: WardDeclared, council: Council) -> WardDeclared:
    """Returns an event as a source says it. Under STV nothing but the marks says who is elected."""
    people = event.candidates
    stv = council.opening is not None and council.opening.opened.electoral_system == "stv"
    if not (word.marked or stv):
        people = tuple(replace(each, elected=None) for each in people)
    given = {"candidates": people, "source_id": word.source, "trust": word.trust}
    return event.model_copy(update=given)


def _standing(council: Council, ward: Ward, said: WardDeclared) -> tuple[Became, str]:
    if ward.evidence is not None and ward.evidence.disputed:
        return "disputed", ", ".join(ward.evidence.disputed)
    found = warnings(council, said)
    return ("warned", found[0]) if found else ("silent", "")


def _is_declared(ward: Ward) -> bool:
    return ward.declared is not None and ward.fits


def _is_wrong(ward: Ward, true: WardDeclared) -> bool:
    """Returns whether what stands has other figures than the truth, or lacks some."""
    if ward.declared is None or not ward.fits:
        return False
    return _votes(ward.declared) != _votes(declaration(true))


def _votes(said: Declaration) -> list[tuple[str, str, int]]:
    return sorted(
        (each.candidate, each.party, -1 if each.votes is None else each.votes)
        for each in said.candidates
    )


def _elected(ward: Ward) -> frozenset[str] | None:
    if ward.declared is None or ward.result is None:
        return None
    pairs = zip(ward.declared.candidates, ward.result.elected, strict=True)
    return frozenset(f"{each.candidate} {each.party}" for each, flag in pairs if flag)


def _control(council: Council) -> tuple[str | None, bool | None] | None:
    count = council.count
    return None if count is None else (count.control, count.incumbent_out)
