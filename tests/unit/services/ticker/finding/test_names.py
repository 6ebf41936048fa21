from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from readers.night import load_night
from services.ticker.finding.names import HITS_MAX, NamedPlace, Names
from services.ticker.finding.spelling import QUERY_CHARS_MAX, words


@lru_cache(maxsize=1)
def places() -> tuple[NamedPlace, ...]:
    """Returns the councils and wards of three nights, with names of England, Scotland and Wales."""
    found: dict[str, NamedPlace] = {}
    for night in ("england-2021", "scotland-2012", "councils-2012"):
        for council in load_night(night).openings:
            address = f"/councils/{council.council}"
            found[address] = NamedPlace("council", council.name, address, night)
            for ward in council.wards:
                there = f"{address}/wards/{ward.ballot_paper_id}"
                found[there] = NamedPlace("ward", ward.ward, there, night, within=council.name)
    return tuple(found.values())


@lru_cache(maxsize=1)
def names() -> Names:
    """Returns them indexed."""
    return Names(places())


@pytest.fixture(autouse=True, scope="module")
def indexed() -> Names:
    """The names, read once before any test."""
    return names()


def first(query: str) -> str:
    """Returns the name that a query finds first, or a blank."""
    return next((each.name for each in names().find(query)), "")


@given(st.data())
def test_the_own_spelling_of_a_name_finds_it_first(data: st.DataObject) -> None:
    """In any case of letters; of places with one name, that name is first."""
    place = data.draw(st.sampled_from(places()))
    spelled = data.draw(st.sampled_from([str, str.upper, str.lower, str.title]))(place.name)

    assert words(first(spelled)) == words(place.name)


@given(st.data())
def test_a_name_with_a_letter_wrong_is_still_found(data: st.DataObject) -> None:
    """One letter left out of a long word, or two swapped, of any council.

    What is a word of another name by itself, or begins one, is taken for that: Wexham is a place.
    """
    councils = [each for each in places() if each.kind == "council" and len(each.name) >= 6]
    place = data.draw(st.sampled_from(councils))
    longest = max(place.name.split(), key=len)
    if not longest.isalpha() or len(longest) < 5:
        return
    at = data.draw(st.integers(1, min(len(longest), 11) - 2))
    wrong = data.draw(
        st.sampled_from(
            [
                longest[:at] + longest[at + 1 :],
                longest[:at] + longest[at + 1] + longest[at] + longest[at + 2 :],
            ]
        )
    )
    (typed,) = words(wrong)
    assume(not any(word.startswith(typed) for each in places() for word in words(each.name)))
    found = names().find(place.name.replace(longest, wrong))

    assert place.name in {each.name for each in found}


@given(st.text(max_size=3 * QUERY_CHARS_MAX))
def test_whatever_is_typed_has_a_bounded_answer(query: str) -> None:
    """No text is too odd to be searched for."""
    assert len(names().find(query)) <= HITS_MAX


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("durham", "County Durham"),
        ("st helens", "St Helens"),
        ("saint helens", "St Helens"),
        ("ST. ALBANS", "St Albans"),
        ("ynys mon", "Isle of Anglesey"),
        ("Brighton & Hove", "Brighton and Hove"),
        ("brighton and hove", "Brighton and Hove"),
        ("newcastle upon tyne council", "Newcastle upon Tyne"),
        ("stoke on trent", "Stoke-on-Trent"),
        ("nothumberlnd", "Northumberland"),
        ("sheffeild", "Sheffield"),
        ("hartlepool burn valley", "Burn Valley"),
        ("burnvalley hartlepool", "Burn Valley"),
        ("eilean siar", "Na h-Eileanan Siar"),
    ],
)
def test_a_name_is_found_however_it_is_written(query: str, name: str) -> None:
    """Accents, Saint, and, hyphens, words left out or added, and typos do not matter."""
    known = Names(
        [
            *places(),
            NamedPlace("council", "Brighton and Hove", "/b", "x"),
            NamedPlace("council", "Stoke-on-Trent", "/s", "x"),
            NamedPlace("council", "Isle of Anglesey", "/a", "x"),
            NamedPlace("ward", "Ynys Môn", "/y", "x", within="Isle of Anglesey"),
        ]
    )
    found = known.find(query)

    assert name in {each.name for each in found[:2]} | {each.within for each in found[:2]}


def test_councils_come_before_wards() -> None:
    """Of names that are equally like the query; a ward that is spelled so comes first of all."""
    known = Names(
        [
            NamedPlace("ward", "Barnet Vale", "/1", "x", within="Barnet"),
            NamedPlace("council", "Barnet and Enfield", "/2", "x"),
            NamedPlace("ward", "High Barnet", "/3", "x", within="Barnet"),
            NamedPlace("council", "Barnet", "/4", "x"),
        ]
    )

    assert [each.address for each in known.find("barnet")][:2] == ["/4", "/2"]
    assert known.find("high barnet")[0].address == "/3"


def test_nothing_typed_finds_nothing() -> None:
    """Nor do signs alone, nor words of no place."""
    assert [names().find(query) for query in ("", "  ", "?!", "qqqqqqq")] == [[], [], [], []]
