"""The voters who would have changed a result: how many, in which wards, between whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from election.count import Count
from election.flip import CouncilFlip, WardFlip
from election.rules.majority import party_of
from election.text.phrases import counted, listed
from schemas.flip import FLIP_CANDIDATES_MAX, Flip
from schemas.ward import Candidate

_WARDS_WITH_CANDIDATES_MAX = 2
"""The wards whose candidates a sentence has room for."""

_WARDS_NAMED_MAX = 4
"""The wards that a sentence has room for."""

_CANDIDATES_NAMED_MAX = 3
"""The candidates that a sentence has room for on either side."""

Wire = Callable[[Candidate], str]
"""Returns how a candidate's party is printed."""


def moving(flip: WardFlip, wire: Wire) -> str:
    """Returns between whom voters would have moved: `moving from A (CON) to B (LAB)`."""
    return f"moving from {_people(flip.moves.losers, wire)} to {_people(flip.moves.gainers, wire)}"


def _people(people: Sequence[Candidate], wire: Wire) -> str:
    if len(people) == 1:
        return f"{people[0].candidate} ({wire(people[0])})"
    named = [f"{each.candidate} ({wire(each)})" for each in people[:_CANDIDATES_NAMED_MAX]]
    beyond = len(people) - len(named)
    return listed([*named, *([f"{beyond} more"] if beyond else [])])


def only_at(flip: CouncilFlip | None) -> str | None:
    """Returns the ballot that has all the voters of a flip; None if several wards have."""
    if flip is None or len(flip.seats) != 1:
        return None
    return flip.seats[0][0].ballot_paper_id


def council_flip_texts(count: Count) -> tuple[str, ...]:
    """Returns `38 voters in Childs Hill moving from A (CON) to B (LAB) would have changed it`.

    The fullest text first, and then shorter ones. All name the ward, or say how many wards it
    takes. Empty if nobody could have changed it. While wards are to come that could still have
    given the party its majority, the voters would not have changed the result: they `would have
    left it open`.
    """
    flip, control = count.flip, count.control
    if flip is None or control is None or not flip.voters:
        return ()
    lost = count.ranges[control].held - count.majority + 1
    changed = count.ranges[control].best - lost < count.majority
    would = "would have changed it" if changed else "would have left it open"
    voters = counted(flip.voters, "voter")
    if len(flip.seats) == 1:
        ward = flip.seats[0][0].name
        full = [f"{voters} in {ward} {moving(each, _wire(count))} {would}" for each in flip.wards]
        return (*full, f"{voters} in {ward} {would}")
    where = f"{voters} in {len(flip.seats)} wards {would}"
    return (*[f"{where}: {each}" for each in _in_wards(count, flip.wards)], where)


def _in_wards(count: Count, wards: Sequence[WardFlip]) -> list[str]:
    """Returns how many voters in each ward: with the candidates if there is room, and without."""
    shown = [_number_in(flip) for flip in wards[:_WARDS_NAMED_MAX]]
    beyond = len(wards) - len(shown)
    named = listed([*shown, *([counted(beyond, "other ward")] if beyond else [])])
    texts = [named] if wards else []
    if len(wards) <= _WARDS_WITH_CANDIDATES_MAX:
        each = [f"{_number_in(flip)} {moving(flip, _wire(count))}" for flip in wards]
        texts = [listed(each), *texts] if wards else []
    return texts


def _number_in(flip: WardFlip) -> str:
    return f"{flip.moves.voters:,} in {flip.ward.name}"


def _wire(count: Count) -> Wire:
    return lambda candidate: count.wire(party_of(candidate))


def flip_lines(count: Count, wards: Sequence[WardFlip]) -> list[str]:
    """Returns for each ward who would have had to move, with everybody's votes."""
    wire = _wire(count)

    def votes(people: Sequence[Candidate]) -> str:
        shown = people[:FLIP_CANDIDATES_MAX]
        return listed([f"{each.candidate} ({wire(each)}) {each.votes:,}" for each in shown])

    return [
        f"{flip.ward.name}: {counted(flip.moves.voters, 'voter')} from {votes(flip.moves.losers)}"
        f" to {votes(flip.moves.gainers)}"
        for flip in wards
    ]


def flip_at(wards: Sequence[WardFlip]) -> tuple[Flip, ...]:
    """Returns flips as they are published."""
    return tuple(
        Flip(
            ballot_paper_id=flip.ward.ballot_paper_id,
            ward=flip.ward.name,
            seats=flip.seats,
            voters=flip.moves.voters,
            votes_from=flip.moves.losers[:FLIP_CANDIDATES_MAX],
            votes_to=flip.moves.gainers[:FLIP_CANDIDATES_MAX],
        )
        for flip in wards
    )
