from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from schemas.alert import Outcome
from schemas.totals import CouncilTotals
from services.ticker.cards.card import council_card, night_card, ward_card
from services.ticker.cards.draw import draw
from services.ticker.cards.icon import favicon, touch_icon
from services.ticker.feed.election_state import ElectionState
from services.ticker.pages.call import call
from services.ticker.pages.share import ALT_CHARS_MAX, DESCRIPTION_CHARS_MAX, card_share
from tests.support.shown_night import shown
from tests.support.ticking import COUNCIL, WARDS, declared, opened

LIVE = {"mode": "live"}


def night(*winners: str, **fields: str) -> ElectionState:
    """Returns a night of one council after its first wards went to these parties."""
    events = [opened(), *(declared(*each) for each in zip(WARDS, winners, strict=False))]
    return shown(event.model_copy(update=fields) for event in events)


def totals_of(state: ElectionState) -> CouncilTotals:
    return state.councils[COUNCIL].totals


def test_a_card_says_what_the_totals_say() -> None:
    """Seats by party, of how many, what makes a majority, and how many wards are declared."""
    state = night("PP52", "PP52", "PP53")
    card = council_card(state, totals_of(state), state.councils[COUNCIL].wards)

    assert [(each.number, each.words) for each in card.shares] == [(6, "Con"), (3, "Lab")]
    assert (card.whole, card.marked) == (15, 8)
    assert card.headline == "No result yet, 3 of 5 wards declared"
    assert card.line == "Labour Party in control before"
    assert card.alt.startswith("Rehearsal, not a live count. Nowhere: No result yet")
    assert "6 Con, 3 Lab." in card.alt


def test_the_version_changes_with_what_the_card_says_and_with_nothing_else() -> None:
    """A new declaration has a new address; the time alone has not."""
    before, after = night("PP52", "PP52"), night("PP52", "PP52", "PP53")
    later = shown(
        [opened(), declared("Ash", "PP52"), declared("Beech", "PP52")], at="1500000000000-0"
    )
    versions = [night_card(each).version for each in (before, later)]
    cards = [
        council_card(each, totals_of(each), each.councils[COUNCIL].wards).version
        for each in (before, later, after)
    ]

    assert versions[0] == versions[1]
    assert cards[0] == cards[1] != cards[2]


def test_a_live_card_says_as_of_when_and_a_rehearsal_invents_no_time() -> None:
    """The feed's time is the night's only if the night is live."""
    live, rehearsed = night("PP52", **LIVE), night("PP52")

    assert night_card(live).as_of == "as of 23 May 00.15 BST"
    assert not night_card(live).is_rehearsal
    assert night_card(rehearsed).as_of == ""
    assert night_card(rehearsed).is_rehearsal


@pytest.mark.parametrize(
    ("outcome", "control", "said"),
    [
        ("hold", "PP53", "Labour Party hold"),
        ("gain", "PP52", "Conservative Party gain from Labour Party"),
        ("gain_from_noc", "PP52", "Conservative Party gain from no overall control"),
        ("loss_to_noc", "NOC", "No overall control: Labour Party lose their majority"),
        ("noc_hold", "NOC", "Still no overall control"),
        (None, "NOC", "No overall control"),
        (None, "PP52", "Conservative Party in control"),
    ],
)
def test_a_call_is_in_plain_words(outcome: Outcome | None, control: str, said: str) -> None:
    """Nobody has to know what the wires mean by LOSE or NOC."""
    names = {"PP52": "Conservative Party", "PP53": "Labour Party"}
    fields = {
        "outcome": outcome,
        "control": control,
        "control_name": names.get(control, ""),
        "before_any_vote": False,
    }
    totals = totals_of(night("PP52")).model_copy(update=fields)

    assert call(totals) == said
    certain = totals.model_copy(update={"before_any_vote": True})
    assert call(certain) == f"{said}, certain before any vote"


def test_a_picture_does_not_keep_quiet_about_a_dispute() -> None:
    """What goes round the world says that another source contradicts it."""
    state = night("PP52", "PP52", "PP52")
    totals = totals_of(state)
    for fields, said in (
        ({"wards_disputed": 1}, "3 of 5 wards declared. 1 ward disputed"),
        ({"disputed": True}, "3 of 5 wards declared. The result is disputed"),
        ({}, "3 of 5 wards declared"),
    ):
        card = council_card(state, totals.model_copy(update=fields), [])

        assert card.line == said


def test_a_ward_with_absurdly_many_long_names_is_drawn_all_the_same() -> None:
    """A hundred people of three hundred letters each are cut to what has room."""
    state = night("PP52")
    totals = totals_of(state)
    ash = state.councils[COUNCIL].wards[0]
    people = tuple(
        replace(ash.candidates[0], candidate=f"{number} {'x' * 295}", elected=True)
        for number in range(100)
    )
    card = ward_card(state, totals, ash.model_copy(update={"candidates": people}))
    path = f"/councils/{COUNCIL}/wards/{ash.ballot_paper_id}"
    shared = card_share(card, path)

    assert Image.open(io.BytesIO(draw(card))).size == (1_200, 630)
    assert len(shared.description) <= DESCRIPTION_CHARS_MAX
    assert len(shared.image_alt) <= ALT_CHARS_MAX


def test_a_ward_has_the_names_of_those_elected() -> None:
    """The picture of a ward names them, and says by how many votes it was."""
    state = night("PP52")
    totals = totals_of(state)
    ash, beech = (state.councils[COUNCIL].wards)[:2]

    assert ward_card(state, totals, ash).headline.startswith("Elected: Ann Conservative, ")
    assert ward_card(state, totals, ash).line == "Declared. 980 votes between elected and not"
    assert ward_card(state, totals, beech).line == ""
    assert ward_card(state, totals, beech).headline == "To declare"


def test_a_card_is_drawn_as_a_picture_that_previews_take() -> None:
    """A PNG of 1,200 by 630 with each party's colour in it, of some tens of kilobytes."""
    state = night("PP52", "PP53")
    drawn = draw(council_card(state, totals_of(state), state.councils[COUNCIL].wards))
    image = Image.open(io.BytesIO(drawn))
    counted = image.convert("RGB").getcolors(100_000)
    assert counted is not None
    colours = {colour for many, colour in counted if isinstance(many, int) and many > 1_000}

    assert (image.format, image.size) == ("PNG", (1_200, 630))
    assert len(drawn) < 60_000
    for expected in ((0x00, 0x87, 0xDC), (0xE4, 0x00, 0x3B), (0xFF, 0xD4, 0x00)):
        nearest = min(
            sum(abs(a - b) for a, b in zip(expected, each, strict=True)) for each in colours
        )
        assert nearest < 12, (expected, colours)


def test_the_same_card_is_the_same_picture() -> None:
    """Every ticker behind a proxy serves the same bytes."""
    state = night("PP52")
    card = council_card(state, totals_of(state), state.councils[COUNCIL].wards)

    assert draw(card) == draw(card)


def test_icons_have_the_sizes_that_are_asked_for() -> None:
    """Browsers take 16 to 48 pixels from the ICO, and phones 180 from the PNG."""
    ico = Image.open(io.BytesIO(favicon()))
    png = Image.open(io.BytesIO(touch_icon()))

    assert ico.format == "ICO"
    assert ico.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    assert (png.format, png.size) == ("PNG", (180, 180))
