from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from services.pages.language import LANGUAGES, catalogue, plural_translation, translation
from services.pages.script_words import SCRIPT_WORDS
from services.pages.templates import environment
from services.ticker.pages.translatable import LABELS, NOUNS
from tests.support.checkout import CHECKOUT

WELSH = CHECKOUT / "services" / "pages" / "locale" / "cy" / "LC_MESSAGES" / "pages.po"
TEMPLATES = sorted(
    file
    for folder in ("pages", "ticker", "entry")
    for file in (CHECKOUT / "services" / folder / "templates").rglob("*.html")
)
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|<[^>]*>")


def marked(file: Path) -> Iterator[str]:
    """Yields each text that a template translates, the first form of those with a plural."""
    with file.open("rb") as opened:
        options = {"extensions": "jinja2.ext.i18n", "trimmed": "true"}
        for _, message, _, _ in extract("jinja2", opened, options=options):
            yield message if isinstance(message, str) else message[0]


def in_source() -> list[str]:
    nouns = (one for one, _ in NOUNS)
    return [
        *LABELS,
        *nouns,
        *SCRIPT_WORDS,
        *(message for file in TEMPLATES for message in marked(file)),
    ]


def rendered(source: str, **values: object) -> str:
    return environment("services.ticker").from_string(source).render(**values)


def test_each_text_of_the_source_is_in_the_catalogue() -> None:
    """A page in Welsh shows no English that could have been translated."""
    assert "Draft" in in_source()
    assert sorted(set(in_source()) - catalogue("cy").keys()) == []


def test_the_catalogue_has_nothing_that_the_source_has_not() -> None:
    """A text that was changed is translated again, and the old one goes."""
    assert sorted(catalogue("cy").keys() - set(in_source())) == []


def test_a_translation_has_the_places_and_the_markup_of_its_source() -> None:
    """Nothing is lost from a sentence by translating it, and no markup comes in."""
    found = read_po(BytesIO(WELSH.read_bytes()), locale="cy")
    for message in found:
        if not message.id:
            continue
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        source = message.id if isinstance(message.id, str) else message.id[-1]
        for form in forms:
            assert Counter(PLACEHOLDER.findall(str(form))) == Counter(PLACEHOLDER.findall(source))


def test_what_is_not_translated_is_shown_in_english_and_marked_so() -> None:
    """A screen reader reads English as English, also on a page in Welsh."""
    source = "{{ _('Not in any catalogue') }}"

    assert rendered(source, language="cy") == '<span lang="en">Not in any catalogue</span>'
    assert rendered(source, language="en") == "Not in any catalogue"
    assert rendered(source) == "Not in any catalogue"
    assert rendered('<p title="{{ _("Not there") | striptags }}">', language="cy") == (
        '<p title="Not there">'
    )


def test_what_is_translated_is_shown_in_welsh() -> None:
    """A text and a label made by code alike."""
    assert rendered("{{ _('The night') }}", language="cy") == "Y noson"
    assert rendered("{{ 'Knife-edge' | translated }}", language="cy") == "O drwch blewyn"
    assert rendered("{{ 'Knife-edge' | translated }}") == "Knife-edge"
    assert rendered("{{ '<b>' | translated }}", language="cy") == '<span lang="en">&lt;b&gt;</span>'


def test_values_in_a_translated_text_are_escaped() -> None:
    """A name that is markup stays text, whether its sentence is translated or not."""
    source = "{% trans name=name %}Won by {{ name }}{% endtrans %}"

    for language in LANGUAGES:
        shown = rendered(source, language=language, name="<script>")
        assert "<script>" not in shown
        assert "&lt;script&gt;" in shown


def test_numbers_days_and_times_are_those_of_the_language() -> None:
    """Months have their Welsh names, and times are those of the UK."""
    values = {
        "day": date(2014, 5, 22),
        "moment": datetime(2014, 5, 23, 1, 5, tzinfo=UTC),
        "language": "cy",
    }

    assert rendered("{{ day | local_day }}", **values) == "22 Mai 2014"
    assert rendered("{{ day | local_day }}", day=values["day"]) == "22 May 2014"
    assert rendered("{{ moment | local_clock }}", **values) == "02.05"
    assert rendered("{{ 1536 | local_number }} {{ none | local_number }}", **values) == "1,536 –"
    assert rendered("{{ 3 | local_change }} {{ -3 | local_change }}") == "+3 −3"


@pytest.mark.parametrize("language", LANGUAGES)
def test_english_is_its_own_translation(language: str) -> None:
    """The source language needs no catalogue, and an unknown text has none in another."""
    expected = "Nowhere to be found" if language == "en" else None

    assert translation(language, "Nowhere to be found") == expected  # type: ignore[arg-type]


def test_plural_forms_without_a_translation_are_unknown() -> None:
    """Whoever asks falls back to English."""
    assert plural_translation("cy", "%(num)d ward", "%(num)d wards", 2) is None
    assert plural_translation("en", "%(num)d ward", "%(num)d wards", 2) == "%(num)d wards"
    assert rendered("{{ ngettext('%(num)d w', '%(num)d ws', 2) }}", language="cy") == (
        '<span lang="en">2 ws</span>'
    )
