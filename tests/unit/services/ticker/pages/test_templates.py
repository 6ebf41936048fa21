"""Parts of pages as they are rendered."""

from __future__ import annotations

from datetime import date

from schemas.examples import WARD_TOTALS
from schemas.story import WardStory
from schemas.totals import CouncilTotals
from services.ticker.pages.council_map import lay_out
from services.ticker.pages.council_page import seat_bar
from services.ticker.pages.templates import part
from tests.support.past_night import totals_after


def row_and_tile(totals: CouncilTotals) -> tuple[str, str]:
    """Returns a council's row on the night page and its tile on the map."""
    layout = lay_out([(totals.council_gss, totals.name)])
    tile = layout.tiles[totals.council_gss]
    return (
        part("night/row.html", totals=totals),
        part("night/tile.html", totals=totals, tile=tile, squares=True),
    )


def test_a_council_that_is_certain_before_any_vote_has_no_colour() -> None:
    """Neither in its row nor on the map; the row says that nobody's vote is in it."""
    (decided,) = totals_after("barnet-2014", 1.0)
    row, tile = row_and_tile(decided)
    early_row, early_tile = row_and_tile(decided.model_copy(update={"before_any_vote": True}))

    assert ("b-con" in row, "b-con" in early_row) == (True, False)
    assert ("c-con" in tile, '<path class="c-con"' in early_tile) == (True, False)
    assert "Con hold: 32 of 63 so far, exactly a majority, certain before any vote" in early_row


def test_a_row_says_how_many_wards_are_being_checked_and_disputed() -> None:
    """Nothing while there are none."""
    (decided,) = totals_after("barnet-2014", 1.0)
    doubted = decided.model_copy(update={"wards_being_checked": 2, "wards_disputed": 1})

    assert ", 2 being checked, 1 disputed</p>" in row_and_tile(doubted)[0]
    assert "being checked" not in row_and_tile(decided)[0]


def test_a_council_declared_as_a_whole_says_what_its_sources_make_of_it() -> None:
    """In its row and with its facts: confirmed, disputed, or being checked."""
    (decided,) = totals_after("barnet-2014", 1.0)
    for given, words in (
        ({"as_a_whole": True, "sources": 1}, "as a whole</"),
        ({"as_a_whole": True, "sources": 2}, "as a whole, confirmed by two sources</"),
        ({"as_a_whole": True, "sources": 2, "disputed": True}, "as a whole, disputed</"),
        ({"being_checked": True, "wards_declared": 0}, "as a whole, being checked</"),
    ):
        totals = decided.model_copy(update=given)
        assert words in row_and_tile(totals)[0]
        assert words in part(
            "council/summary.html", totals=totals, deciders=(), bar=seat_bar(totals)
        )


def test_a_ward_tells_its_story_and_its_row_who_gained() -> None:
    """With each party's seats and share beside those before; nothing where nobody knows them."""
    (totals,) = totals_after("barnet-2014", 1.0)
    told = WARD_TOTALS.model_copy(update={"correction": None})
    untold = told.model_copy(update={"story": None})
    story, plain = (part("council/ward.html", ward=w, totals=totals) for w in (told, untold))

    assert '<span class="tag gain">CON gain 2</span>' in story
    assert '<p class="story">CON gain 2 from LD since 6 May 2010; swing 2.6 from LD to CON' in story
    assert "<td>2</td><td>+2</td><td>30.8%</td><td>−2.1</td>" in story
    assert "<td>1</td><td>−2</td>" in story
    assert "story" not in plain
    assert "gain" not in plain


def test_a_ward_that_is_not_comparable_says_so_and_shows_no_comparison() -> None:
    """Nobody gains there."""
    (totals,) = totals_after("barnet-2014", 1.0)
    story = WardStory(
        last_fought=(date(2010, 5, 6),),
        same_boundaries=False,
        text="boundaries have changed since 6 May 2010, so nothing is comparable",
    )
    ward = WARD_TOTALS.model_copy(update={"story": story})
    shown = part("ward/result.html", ward=ward, totals=totals)

    assert "so nothing is comparable</p>" in shown
    assert "story-parties" not in shown


def test_a_ward_says_that_it_is_disputed_or_confirmed() -> None:
    """In its row, and with its facts."""
    (totals,) = totals_after("barnet-2014", 1.0)
    two = WARD_TOTALS.model_copy(update={"status": "declared", "sources": 2, "correction": None})
    disputed = two.model_copy(update={"disputed": True})
    confirmed, doubted = (part("council/ward.html", ward=w, totals=totals) for w in (two, disputed))

    assert "<dt>Sources</dt><dd>confirmed by two sources</dd>" in confirmed
    assert "s-disputed" not in confirmed
    assert "Declared, disputed</span>" in doubted
    assert "confirmed" not in doubted


def test_votes_of_the_transferable_vote_are_said_to_be_first_preferences() -> None:
    """With why somebody with more of them may not be elected; elsewhere they are votes."""
    (totals,) = totals_after("barnet-2014", 1.0)
    transferable = totals.model_copy(update={"electoral_system": "stv"})
    usual, stv = (
        part("ward/result.html", ward=WARD_TOTALS, totals=each) for each in (totals, transferable)
    )

    assert '<th scope="col">Votes</th>' in usual
    assert "first preferences" not in usual
    assert '<th scope="col">First preferences</th>' in stv
    assert "Seats are filled as votes move on" in stv


def test_a_poll_that_was_called_off_says_so_instead_of_missing_nominations() -> None:
    """And has no number of seats, since none is filled."""
    (totals,) = totals_after("barnet-2014", 1.0)
    off = WARD_TOTALS.model_copy(
        update={"status": "countermanded", "candidates": (), "seats_contested": 0}
    )
    shown = part("ward/result.html", ward=off, totals=totals)

    assert "The poll was called off" in shown
    assert "Nominations are not known" not in shown
    assert "0 seats" not in shown


def test_names_of_candidates_are_written_in_their_own_direction() -> None:
    """A name from right to left does not turn what stands beside it."""
    (totals,) = totals_after("barnet-2014", 1.0)
    shown = part("ward/result.html", ward=WARD_TOTALS, totals=totals)

    assert shown.count('<span dir="auto">') == len(WARD_TOTALS.candidates)


def test_a_ward_says_who_won_in_words() -> None:
    """Beside the box in the party's colour, with seats where there are several."""
    (totals,) = totals_after("barnet-2014", 1.0)
    won = {"seats_won": {"PP52": 2, "PP90": 1}, "status": "declared", "seats_contested": 3}
    shown = part("council/ward.html", ward=WARD_TOTALS.model_copy(update=won), totals=totals)

    assert '<i class="swatch c-con"></i>Con 2,</span>' in shown
    assert '<i class="swatch c-ld"></i>LD 1</span>' in shown
