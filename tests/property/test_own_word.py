"""Whatever two people type of a ballot, neither is told anything of what the other has typed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from election.declaration import declaration
from election.evidence.agreement import merged
from election.evidence.differing import NOTHING_DIFFERS, Differing, differing
from election.ward import Ward
from schemas.source import Trust
from schemas.ward import WardDeclared
from services.entry.own_word import OwnWord, own_word
from tests.support.polls import CON, ballot, opened, ward
from tests.support.sources import by, heard
from tests.support.true_night import TrueWard, true_wards

FIGURES = ("num_spoilt_ballots", "num_turnout_reported")
TRUSTS: tuple[Trust, ...] = ("final", "single", "checked", "second")
NUMBERS = st.integers(0, 1_000)


@st.composite
def typed(draw: st.DrawFn, true: TrueWard) -> WardDeclared:
    """Draws a whole result as somebody types it, with or without marks and figures of the poll."""
    votes = tuple(draw(NUMBERS) for _ in true.people)
    order = sorted(range(len(votes)), key=lambda place: -votes[place])
    told = replace(true, votes=votes, elected=tuple(order[: true.seats]))
    more = {name: draw(st.none() | NUMBERS) for name in FIGURES}
    return told.complete(marks=draw(st.booleans()), **more)


def fields_of(data: st.DataObject, own: WardDeclared) -> tuple[set[int], set[str]]:
    """Draws fields that a word states: places of candidates, and names of figures of the poll."""
    places = data.draw(st.sets(st.integers(0, len(own.candidates) - 1)))
    names = data.draw(st.sets(st.sampled_from(FIGURES)))
    return places, {name for name in names if getattr(own, name) is not None}


def with_others(
    data: st.DataObject, own: WardDeclared, places: set[int], names: set[str]
) -> WardDeclared:
    """Returns a word that has other figures than another in just these fields."""

    def another(figure: int | None) -> int:
        return data.draw(NUMBERS.filter(lambda number: number != figure))

    people = tuple(
        replace(each, votes=another(each.votes) if place in places else each.votes)
        for place, each in enumerate(own.candidates)
    )
    more: dict[str, Any] = {name: another(getattr(own, name)) for name in sorted(names)}
    return own.model_copy(update={"candidates": people, **more})


def after(name: str, *words: WardDeclared) -> Ward:
    opening = opened(ward("b", 1), ward("c", 1), ward(name, words[0].seats_contested), before=CON)
    council, _ = heard(opening, *words)
    return council.wards[ballot(name)]


def states(found: Ward) -> Any:
    """Returns whose words stand, wait and are disputed, and whether anything stands."""
    said = found.evidence
    assert said is not None
    return said.sources, said.disputed, sorted(said.held), found.declared is not None


def told_of(found: Ward) -> OwnWord:
    own = own_word(found, "ann")
    assert own is not None
    return own


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_what_one_is_told_depends_on_no_figure_of_the_other(data: st.DataObject) -> None:
    """With other figures in the same fields and the same states it is the same to the letter."""
    true = data.draw(true_wards("a"))
    own = data.draw(typed(true))
    places, names = fields_of(data, own)
    ann = by("ann", data.draw(st.sampled_from(TRUSTS[1:])), own)
    bob = data.draw(st.sampled_from(TRUSTS))
    is_first = data.draw(st.booleans())
    wards = []
    for _ in range(2):
        other = by("bob", bob, with_others(data, own, places, names))
        wards.append(after("a", *((other, ann) if is_first else (ann, other))))
    one, another = wards
    if states(one) != states(another):
        note("other states")
        return
    note(told_of(one).state)
    first, second = map(told_of, wards)
    assert {*first.contradicted_by, *second.contradicted_by} <= {"bob"}
    if first.contradicted_by == second.contradicted_by and first.differing == second.differing:
        assert first == second


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_no_figure_of_the_other_is_in_what_one_is_told(data: st.DataObject) -> None:
    """Each number in it is in one's own word, or would be there without the other."""
    true = data.draw(true_wards("a"))
    own, other = data.draw(typed(true)), data.draw(typed(true))
    ann = by("ann", data.draw(st.sampled_from(TRUSTS[1:])), own)
    alone = told_of(after("a", ann))
    beside = told_of(after("a", ann, by("bob", data.draw(st.sampled_from(TRUSTS)), other)))

    assert beside.said == declaration(own)
    assert numbers(beside.why) <= numbers(alone.why) | numbers(str(own.candidates))


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d[\d,]*", text))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_fields_differ_if_and_only_if_two_words_contradict_each_other(data: st.DataObject) -> None:
    """And those that were typed otherwise are found, and no others."""
    true = data.draw(true_wards("a"))
    own = data.draw(typed(true))
    places, names = fields_of(data, own)
    other = with_others(data, own, places, names)
    found = differing(declaration(own), declaration(other), "plurality")

    together = merged(declaration(own), declaration(other), "plurality")
    assert (found == NOTHING_DIFFERS) == (together is not None)
    if places | names and together is None:
        assert found == Differing(frozenset(places), figures=frozenset(names))
