from __future__ import annotations

from schemas.council import PartyStanding
from services.ticker.pages.councillors import (
    NOT_KNOWN_HERE,
    council_councillors,
    sentences,
    ward_councillors,
)
from services.ticker.pages.councillors_view import councillors_view
from services.ticker.pages.templates import part
from tests.support.shown_night import night_shown, shown
from tests.support.ticking import COUNCIL, WARDS, declared, opened

NAMES = {"PP52": "Conservative Party", "PP53": "Labour Party"}

ALL_DECLARED = [declared(ward, "PP52") for ward in WARDS]

BY_THIRDS = opened().model_copy(
    update={
        "cycle": "thirds",
        "seats_total": 24,
        "standing": (
            PartyStanding(party="Labour Party", party_id="PP53", seats_not_up=5),
            PartyStanding(party="Conservative Party", party_id="PP52", seats_not_up=1),
        ),
        "seats_vacant": 0,
    }
)


def test_after_a_whole_council_election_everybody_is_known() -> None:
    """Each seat has a name, and every ward says that these are all of its councillors."""
    council = shown([opened(), *ALL_DECLARED]).councils[COUNCIL]
    known = council_councillors(council.totals, council.wards)

    assert (known.seats_elected, known.seats_to_come, known.seats_unknown) == (15, 0, 0)
    assert known.seats_not_up == {}
    assert len(known.wards) == 5
    assert all(ward.is_complete for ward in known.wards)
    assert sentences(known, NAMES) == ["15 councillors elected at this poll.", NOT_KNOWN_HERE]


def test_seats_that_were_not_up_are_counted_and_nobody_is_invented_for_them() -> None:
    """The page says how many there are, whose party, and that their councillors are not known."""
    council = shown([BY_THIRDS, *ALL_DECLARED]).councils[COUNCIL]
    known = council_councillors(council.totals, council.wards)

    assert known.seats_not_up == {"PP53": 5, "PP52": 1}
    assert known.seats_unknown == 3
    assert not any(ward.is_complete for ward in known.wards)
    assert sentences(known, NAMES) == [
        "15 councillors of 24 elected at this poll.",
        "6 seats were not up (Con 1, Lab 5); who holds them is not known here.",
        "Who holds 3 other seats is not known here.",
        NOT_KNOWN_HERE,
    ] or "6 seats were not up (Lab 5, Con 1); who holds them is not known here." in sentences(
        known, NAMES
    )


def test_while_wards_are_to_come_only_those_elected_are_listed() -> None:
    """A nominee is no councillor."""
    council = shown([opened(), declared("Ash", "PP53")]).councils[COUNCIL]
    known = council_councillors(council.totals, council.wards)

    assert [ward.ward for ward in known.wards] == ["Ash"]
    assert [each.party_shown for each in known.wards[0].elected] == ["Lab", "Lab", "Lab"]
    assert (known.seats_elected, known.seats_to_come) == (3, 12)


def test_a_council_declared_as_a_whole_names_nobody() -> None:
    """Its seats are known, and who sits in them is not."""
    state = night_shown("councils-2012", 1.0)
    whole = [totals for totals in state.opened() if totals.as_a_whole]
    assert whole
    for totals in whole:
        known = council_councillors(totals, state.councils[totals.council].wards)

        assert known.seats_elected == 0
        assert known.wards == ()
        assert "Nobody is known by name yet" in sentences(known, NAMES)[0]


def test_no_seat_is_counted_twice_in_the_nights() -> None:
    """Elected, to come, not up, vacant and unknown seats add up to the council's, in every one."""
    for night in ("england-2021", "london-2014", "scotland-2012"):
        state = night_shown(night, 0.7)
        for totals in state.opened():
            known = council_councillors(totals, state.councils[totals.council].wards)
            seats = known.seats_elected + known.seats_to_come + sum(known.seats_not_up.values())

            assert seats + known.seats_unknown + totals.seats_vacant == totals.seats_total, (
                totals.name
            )


def test_a_declaration_changes_one_line_of_the_list() -> None:
    """An open page is not sent all councillors again."""
    before = shown([opened(), declared("Ash", "PP53")]).councils[COUNCIL]
    after = shown([opened(), declared("Ash", "PP53"), declared("Elm", "PP52")]).councils[COUNCIL]
    old, new = (councillors_view(each.totals, each.wards) for each in (before, after))
    changed = {name for name, html in new.fragments.items() if old.fragments.get(name) != html}

    assert changed == {"councillors-known", "sits-local-nowhere-elm-2014-05-22"}
    assert len(new.orders["councillors"]) == 2


def test_the_page_of_a_ward_says_who_sits_and_what_is_not_known() -> None:
    """The names, and in a council of thirds that others may hold seats of the ward."""
    for opening, said in (
        (opened(), "so these are all councillors of the ward"),
        (BY_THIRDS, "if it has any that were not up, is not known here"),
    ):
        council = shown([opening, declared("Ash", "PP53")]).councils[COUNCIL]
        ward = next(each for each in council.wards if each.ward == "Ash")
        html = part("ward/councillors.html", totals=council.totals, ward=ward)

        assert "Ann Labour (Lab)" in html
        assert said in html
        to_come = next(each for each in council.wards if each.ward == "Elm")
        assert part("ward/councillors.html", totals=council.totals, ward=to_come) == ""
        assert ward_councillors(council.totals, to_come).elected == ()
