"""The page for stringers says what their pages say, and fits on one page of print."""

from __future__ import annotations

import re
from typing import get_args

from services.entry.labels import WELSH
from services.entry.own_word import OwnState
from services.entry.wording import own_label
from tests.support.checkout import CHECKOUT

GUIDES = CHECKOUT / "docs" / "guides"
PAGE = (GUIDES / "entering-results.md").read_text(encoding="utf-8")
TEMPLATES = CHECKOUT / "services" / "entry" / "templates"


def test_everything_that_can_become_of_a_word_is_explained() -> None:
    """In the words of the page, each in a row of the table."""
    rows = re.findall(r"^\| ([^|]+) \|", PAGE, re.MULTILINE)
    states: tuple[OwnState, ...] = get_args(OwnState)

    assert {own_label(state).partition(": another")[0] for state in states} <= set(rows)


def test_pictures_are_there_and_say_what_they_show() -> None:
    """Whoever cannot see them reads it."""
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", PAGE)

    assert pictures
    assert all(text and (GUIDES / file).is_file() for text, file in pictures)


def test_the_words_in_bold_are_on_the_pages() -> None:
    """So that what is printed can be found on the phone."""
    pages = " ".join(file.read_text(encoding="utf-8") for file in sorted(TEMPLATES.glob("*.html")))
    keys_of_a_phone = {"Enter", "Next"}

    for words in set(re.findall(r"\*\*([^*]+)\*\*", PAGE)) - keys_of_a_phone:
        assert words in pages, words


def test_the_command_for_an_invitation_has_options_that_there_are() -> None:
    """Those of the page of the command line."""
    (command,) = re.findall(r"^livecount access invite (.*)$", PAGE, re.MULTILINE)
    reference = (CHECKOUT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    options = reference.partition("## `livecount access invite`")[2].partition("\n## ")[0]

    assert options
    for option in re.findall(r"--[a-z]+", command):
        assert f"`{option}`" in options


def test_the_form_s_labels_have_their_welsh() -> None:
    """Each that a template asks for; and the page says that it is not checked."""
    asked = {
        label
        for file in TEMPLATES.glob("*.html")
        for label in re.findall(r"label\('([^']+)'", file.read_text(encoding="utf-8"))
    }

    assert asked <= set(WELSH)
    assert "No Welsh speaker has checked them yet" in PAGE
