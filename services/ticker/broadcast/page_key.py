"""The key of a page with live parts, and its text in the query of `/live/{election}`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, assert_never, get_args

from services.pages.language import SOURCE_LANGUAGE, Language

AlertKinds = Literal["all", "changes", "control", "results"]
"""Which alerts a page has, as they stand in its address."""

KINDS: Final[tuple[AlertKinds, ...]] = get_args(AlertKinds)
NightOrder = Literal["near", "name", "time", "region"]
"""How a night's councils are listed: by how close to a decision they are, from A to Z, by when they
were decided, or by region."""


@dataclass(frozen=True, slots=True)
class NightPage:
    """The page of an election with all of its councils; in text, `night`, or `night <order>`.

    In Welsh ` cy` follows.
    """

    order: NightOrder = "near"
    language: Language = SOURCE_LANGUAGE


@dataclass(frozen=True, slots=True)
class CouncilPage:
    """The page of one council; in text, `council <id>`, or `council <id> cy` in Welsh."""

    council: str
    language: Language = SOURCE_LANGUAGE


@dataclass(frozen=True, slots=True)
class WardPage:
    """The page of one ward; in text, `ward <council id> <ballot id>`, and `cy` if in Welsh."""

    council: str
    ballot: str
    language: Language = SOURCE_LANGUAGE


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """A page of all alerts of some kinds; in text, `alerts <kinds> <page>`.

    `page` counts from the oldest, from 1; without one it is the page of the newest.
    """

    kinds: AlertKinds
    page: int | None = None
    language: Language = SOURCE_LANGUAGE


@dataclass(frozen=True, slots=True)
class AlertPage:
    """The page of one alert; in text, `alert <id>`."""

    alert: str
    language: Language = SOURCE_LANGUAGE


PageKey = NightPage | CouncilPage | WardPage | AlertsPage | AlertPage


class UnknownPageError(KeyError):
    """There is no such council or ward."""


class BrokenPageError(Exception):
    """A page cannot be shown, because of what is stored for it or because of a fault here."""


def parse_page_key(text: str) -> PageKey:
    """Returns the key that `page_key_text` wrote. Raises ValueError for any other text."""
    words = text.split(" ")
    # No id is a language: each has dots.
    is_welsh = words[-1] == "cy"
    language: Language = "cy" if is_welsh else SOURCE_LANGUAGE
    match words[:-1] if is_welsh else words:
        case ["night"]:
            return NightPage("near", language)
        case ["night", "name" | "time" | "region" as order]:
            return NightPage(order, language)
        case ["council", council]:
            return CouncilPage(council, language)
        case ["ward", council, ballot]:
            return WardPage(council, ballot, language)
        case ["alert" | "alerts" as what, *rest]:
            return _of_alerts(what, rest, language)
        case _:
            raise ValueError(f"{text[:100]!r} is not the key of a page")


def _of_alerts(what: str, words: list[str], language: Language) -> PageKey:
    """Returns the key of a page of alerts from the words after its first."""
    match [what, *words]:
        case ["alert", alert]:
            return AlertPage(alert, language)
        case ["alerts", kinds] if kinds in KINDS:
            return AlertsPage(KINDS[KINDS.index(kinds)], None, language)
        case ["alerts", kinds, page] if kinds in KINDS and re.fullmatch("[1-9][0-9]{0,5}", page):
            return AlertsPage(KINDS[KINDS.index(kinds)], int(page), language)
        case _:
            text = " ".join([what, *words])
            raise ValueError(f"{text[:100]!r} is not the key of a page")


def page_key_text(key: PageKey) -> str:
    """Returns a page's key as text, such as `council local.barnet.2014-05-22`."""
    written = "" if key.language == SOURCE_LANGUAGE else f" {key.language}"
    match key:
        case NightPage(order):
            return f"night{written}" if order == "near" else f"night {order}{written}"
        case CouncilPage(council):
            return f"council {council}{written}"
        case WardPage(council, ballot):
            return f"ward {council} {ballot}{written}"
        case AlertPage(alert):
            return f"alert {alert}{written}"
        case AlertsPage(kinds, page):
            numbered = "" if page is None else f" {page}"
            return f"alerts {kinds}{numbered}{written}"
        case _:
            assert_never(key)


def shows_any(key: PageKey, councils: Collection[str]) -> bool:
    """Returns whether a page may look different after these councils changed."""
    match key:
        case NightPage() | AlertsPage() | AlertPage():
            return bool(councils)
        case CouncilPage(council) | WardPage(council, _):
            return council in councils
        case _:
            assert_never(key)
