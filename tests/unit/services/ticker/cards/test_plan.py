from __future__ import annotations

from dataclasses import replace

from services.ticker.cards.card import Card, Share, council_card, night_card
from services.ticker.cards.plan import HEIGHT_PX, MARGIN_PX, WIDTH_PX, Box, Words, plan
from tests.support.shown_night import night_shown

BARNET = Card(
    kicker="Council election, 22 May 2014",
    name="Barnet",
    headline="Conservative Party hold",
    shares=(Share(32, "Con", "#0087DC"), Share(30, "Lab", "#E4003B"), Share(1, "LD", "#FDBB30")),
    whole=63,
    marked=32,
    marked_words="32 for a majority",
    line="All 21 wards declared",
    as_of="as of 23 May 05.10 BST",
    is_rehearsal=False,
)


def texts(card: Card) -> list[str]:
    return [part.text for part in plan(card) if isinstance(part, Words)]


def test_a_picture_says_who_what_how_much_and_as_of_when() -> None:
    """The name, the call, the majority, each party's seats in words, the wards and the time."""
    assert texts(BARNET) == [
        "Council election, 22 May 2014",
        "Barnet",
        "Conservative Party hold",
        "32 for a majority",
        "Con 32",
        "Lab 30",
        "LD 1",
        "All 21 wards declared",
        "as of 23 May 05.10 BST, livecount",
    ]


def test_the_bar_shows_every_seat_and_where_the_majority_is() -> None:
    """Boxes as wide as the seats are many, and a line at the seat that makes the majority."""
    boxes = [part for part in plan(BARNET) if isinstance(part, Box)]
    bar = [box for box in boxes if box.fill in {"#0087DC", "#E4003B", "#FDBB30"}][:3]
    (line,) = [box for box in boxes if box.right - box.left == 6]
    room = WIDTH_PX - 2 * MARGIN_PX

    assert [round((box.right - box.left) * 63 / room) for box in bar] == [32, 30, 1]
    assert bar[0].left == MARGIN_PX
    assert bar[-1].right == WIDTH_PX - MARGIN_PX
    assert line.left < bar[0].right < line.right


def test_a_rehearsal_says_so_larger_than_anything_else() -> None:
    """Whoever sees the picture as small as a thumb sees that it is none of tonight."""
    parts = [part for part in plan(replace(BARNET, is_rehearsal=True)) if isinstance(part, Words)]

    assert "REHEARSAL" in texts(replace(BARNET, is_rehearsal=True))
    assert "REHEARSAL" not in texts(BARNET)
    assert parts[0].text == "REHEARSAL"
    assert parts[0].right - parts[0].left > WIDTH_PX / 4


def test_nothing_leaves_the_picture_or_stands_on_something_else() -> None:
    """That is so for every council of a night, at any time, also with absurdly long names."""
    state = night_shown("england-2021", 0.5)
    cards = [
        council_card(state, totals, state.councils[totals.council].wards)
        for totals in state.opened()
    ]
    long = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch and " * 4
    shares = tuple(Share(1, f"{long} {number}", "#777777") for number in range(40))
    odd = replace(BARNET, name=long, headline=long, kicker=long, line=long, shares=shares, whole=40)
    every = [*cards, night_card(state), odd, replace(odd, is_rehearsal=True)]

    for card in [*every, *(replace(each, as_of="as of 23 May 05.10 BST") for each in every)]:
        words = [part for part in plan(card) if isinstance(part, Words)]
        for part in words:
            assert part.left >= MARGIN_PX - 1, part
            assert part.right <= WIDTH_PX - MARGIN_PX + 1, part
            assert part.line <= HEIGHT_PX - part.size_px / 3, part
        for place, part in enumerate(words):
            for other in words[place + 1 :]:
                is_beside = part.right <= other.left or other.right <= part.left
                upper, lower = sorted((part, other), key=lambda each: each.line)
                # What hangs below a line, and how high letters stand on one.
                room = lower.line - 0.73 * lower.size_px - (upper.line + 0.2 * upper.size_px)
                assert is_beside or room >= 0, (part, other)


def test_parties_without_room_are_counted() -> None:
    """With forty parties the last words say how many are not named."""
    shares = tuple(Share(2, f"Residents of Ward {number}", "#777777") for number in range(40))
    said = texts(replace(BARNET, shares=shares, whole=80))
    named = [text for text in said if text.startswith("Residents of Ward")]

    assert f"and {40 - len(named)} more" in said
