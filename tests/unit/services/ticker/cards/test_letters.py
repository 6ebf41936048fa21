from __future__ import annotations

import pytest
from PIL import Image

from readers.night import load_night
from services.ticker.cards.letters import ACCENTS, UNKNOWN, letters, plain, width, write

WELSH = "ŵŷâêîôûŴŶÂÊÎÔÛ"
GAELIC = "àèìòùÀÈÌÒÙáéíóú"


def drawn(text: str) -> bytes:
    image = Image.new("RGB", (400, 100), "#ffffff")
    write(image, (20, 70), text, 48, "#000000")
    return image.tobytes()


@pytest.mark.parametrize("letter", WELSH + GAELIC + "öñÅčż")
def test_letters_of_welsh_and_gaelic_are_drawn_with_their_accents(letter: str) -> None:
    """Each looks like neither its base letter, nor a letter that is not known."""
    (found,) = letters(letter)

    assert found.base.isalpha()
    assert found.accent in ACCENTS
    assert drawn(letter) != drawn(found.base)
    assert drawn(letter) != drawn(UNKNOWN)


def test_accents_are_told_apart() -> None:
    """The same letter with another accent is another picture."""
    pictures = {drawn(letter) for letter in "aàáâãäåāǎȧ"}

    assert len(pictures) == 10


def test_a_letter_of_two_signs_is_the_same_as_one_of_one() -> None:
    """Sources write accents as signs of their own, too."""
    assert letters("Mo\u0302n") == letters("Môn")
    assert drawn("Mo\u0302n") == drawn("Môn")


@pytest.mark.parametrize(
    ("text", "spelled"),
    [("Søren – Groß", "Soren - Gross"), ("£5", "GBP5"), ("Ωmega", "?mega"), ("Đ", "?")],
)
def test_what_cannot_be_drawn_is_spelled_with_other_letters(text: str, spelled: str) -> None:
    """Letters that no accent makes are spelled out, and unknown ones are a question mark."""
    assert plain(text) == spelled


def test_every_name_of_the_nights_can_be_drawn() -> None:
    """No council, ward or party of the repository's nights has a letter that would be lost."""
    names = set()
    for night in ("england-2021", "scotland-2012", "councils-2012", "london-2014"):
        for opened in load_night(night).openings:
            names |= {opened.name, *(ward.ward for ward in opened.wards)}
            names |= {party.party for party in opened.standing}
    # Spoilt in the source: the sign that stands for bytes that were no letters.
    lost = {name for name in names if UNKNOWN in plain(name) and "\ufffd" not in name}

    assert len(names) > 4_000
    assert lost == set()


def test_an_accent_makes_no_text_wider() -> None:
    """What is laid out by its letters has room for its accents."""
    assert width("Llŷn", 40) == width("Llyn", 40)
