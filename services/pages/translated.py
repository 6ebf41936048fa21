"""`_()` and the filters of a language, for templates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from babel.dates import format_time
from babel.numbers import format_decimal
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from schemas.uk_time import UK_TIME
from services.pages.language import (
    HTML_LANGUAGES,
    LANGUAGES,
    NAMES,
    SOURCE_LANGUAGE,
    Language,
    locale_of,
    plural_translation,
    translation,
    written_day,
)

MINUS = "\u2212"


def translate_templates(made: Environment) -> None:
    """Lets templates write `{{ _('Wards') }}` and `{% trans %}`, and the filters of this module.

    The language is what a template is rendered with as `language`, English if with nothing.
    """
    made.add_extension("jinja2.ext.i18n")
    # The extension adds this method, of which the environment's type knows nothing.
    cast("Any", made).install_gettext_callables(_gettext, _ngettext, newstyle=True)
    made.globals |= {
        "language": SOURCE_LANGUAGE,
        "languages": [(each, NAMES[each]) for each in LANGUAGES],
        "html_languages": HTML_LANGUAGES,
        "english_mark": english_mark,
        "language_query": language_query,
    }
    made.filters |= {
        "translated": translated,
        "translated_name": translated_name,
        "in_english": in_english,
        "local_number": local_number,
        "local_change": local_change,
        "local_day": local_day,
        "local_clock": local_clock,
    }


def language_of(context: Context) -> Language:
    """Returns the language that a template is rendered in."""
    given = context.get("language", SOURCE_LANGUAGE)
    return given if given in LANGUAGES else SOURCE_LANGUAGE


@pass_context
def _gettext(context: Context, text: str) -> str:
    return _marked(translation(language_of(context), text), text)


@pass_context
def _ngettext(context: Context, one: str, many: str, number: int) -> str:
    found = plural_translation(language_of(context), one, many, number)
    return _marked(found, one if number == 1 else many)


def _marked(found: str | None, english: str) -> str:
    """Returns a translation, else the English marked as such, so that a screen reader knows."""
    return found if found is not None else f'<span lang="en">{english}</span>'


@pass_context
def translated(context: Context, text: str) -> Markup:
    """Returns a text that code has made, in the template's language; else English, marked so.

    A page in English has it without a mark.
    """
    language = language_of(context)
    found = translation(language, str(text))
    if found is not None:
        return Markup(escape(found))  # noqa: S704 -- it is escaped
    return Markup('<span lang="en">{}</span>').format(text)


@pass_context
def translated_name(context: Context, text: str) -> str:
    """Returns a text in the template's language, or as it is, such as the name of a party."""
    return translation(language_of(context), text) or text


@pass_context
def in_english(context: Context, text: str) -> str:
    """Returns a text that is in English only, marked as such on a page in another language."""
    if language_of(context) == SOURCE_LANGUAGE or not text:
        return text
    return Markup('<span lang="en">{}</span>').format(text)


@pass_context
def english_mark(context: Context) -> Markup:
    """Returns the attribute of an element that is in English only, where the page is not."""
    return Markup("") if language_of(context) == SOURCE_LANGUAGE else Markup(' lang="en"')


@pass_context
def language_query(context: Context) -> str:
    """Returns the query that keeps a page's language in a link; blank for English."""
    language = language_of(context)
    return "" if language == SOURCE_LANGUAGE else f"?language={language}"


@pass_context
def local_number(context: Context, value: float | None) -> str:
    """Returns a number as the template's language writes it, such as `1,536`; a dash for None."""
    if value is None:
        return "–"
    found = format_decimal(value, locale=locale_of(language_of(context)))
    return str(found).replace("-", MINUS)


@pass_context
def local_change(context: Context, value: float | None) -> str:
    """Returns a change with its sign, such as `+10` or `−3`; a dash for None."""
    return f"{'+' if value is not None and value > 0 else ''}{local_number(context, value)}"


@pass_context
def local_day(context: Context, day: date) -> str:
    """Returns a day in full, such as `22 May 2014` or `22 Mai 2014`."""
    return written_day(day, language_of(context))


@pass_context
def local_clock(context: Context, moment: datetime | None) -> str:
    """Returns a time in the UK, such as `04.10`; blank for None."""
    if moment is None:
        return ""
    locale = locale_of(language_of(context))
    return str(format_time(moment, "HH.mm", tzinfo=UK_TIME, locale=locale))
