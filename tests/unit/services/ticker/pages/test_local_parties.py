"""How parties without a colour of their own are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from string import ascii_uppercase

from schemas.ward import Candidate
from services.ticker.pages.local_parties import style_of_candidate, styles_among
from services.ticker.pages.party_style import party_style
from tests.support.past_night import totals_after


@dataclass(frozen=True)
class Named:
    """A party's key and name."""

    party_id: str
    party: str


RESIDENTS = Named("PP207", "Hornchurch Residents Association")
GROUP = Named("Harold Wood Group", "Harold Wood Group")
VOICE = Named("Voice", "Voice")


def test_no_two_parties_of_a_council_look_alike() -> None:
    """In all of a night's councils, each party has a colour and letter that no other has."""
    for name in ("england-2021", "london-2014", "scotland-2012"):
        for totals in totals_after(name, 1.0):
            style_of = styles_among(totals.parties)
            made = [style_of(party.party_id, party.party) for party in totals.parties]
            looks = [(style.style, style.letter) for style in made]

            assert len(set(looks)) == len(looks), totals.name


def test_letters_are_those_of_names_and_do_not_depend_on_the_order() -> None:
    """A party keeps its letter while seats, and so the order, change."""
    for order in permutations([RESIDENTS, GROUP, VOICE]):
        style_of = styles_among(order)

        assert [style_of(each.party_id).letter for each in (GROUP, RESIDENTS, VOICE)] == [
            "H",
            "R",
            "V",
        ]


def test_a_single_local_party_and_parties_with_a_colour_need_no_letter() -> None:
    """Their colour says who they are."""
    style_of = styles_among([Named("PP52", "Conservative"), RESIDENTS])

    assert (style_of("PP52").letter, style_of("PP207").letter) == ("", "")
    assert style_of("PP207").short == RESIDENTS.party


def test_more_local_parties_than_letters_are_still_told_apart() -> None:
    """By numbers."""
    many = [Named(f"Party {number}", "Zzz") for number in range(40)]
    style_of = styles_among(many)
    letters = [style_of(each.party_id).letter for each in many]

    assert len(set(letters)) == len(many)
    assert set(ascii_uppercase) <= set(letters)


def test_a_candidate_without_a_party_id_does_not_look_undeclared() -> None:
    """The white box is for who is yet to declare; a party without an id has its own look."""
    style_of = styles_among([RESIDENTS, VOICE])
    local = style_of_candidate(Candidate(candidate="A", party="Voice"), style_of)
    alone = style_of_candidate(Candidate(candidate="B"), style_of)
    independent = style_of_candidate(Candidate(candidate="C", party="Independent"), style_of)
    undeclared = party_style(None)

    assert (local.style, local.letter) == ("other", "V")
    assert undeclared.style not in {local.style, alone.style, independent.style}
    assert independent == party_style("ynmp-party:2")
