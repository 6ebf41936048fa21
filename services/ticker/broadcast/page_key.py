"""The key of a page with live parts, and its text in the query of `/live/{election}`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, assert_never, get_args

AlertKinds = Literal["all", "changes", "control", "results"]
"""Which alerts a page has, as they stand in its address."""

KINDS: Final[tuple[AlertKinds, ...]] = get_args(AlertKinds)


@dataclass(frozen=True, slots=True)
class NightPage:
    """The page of an election with all of its councils; in text, `night`."""


@dataclass(frozen=True, slots=True)
class CouncilPage:
    """The page of one council; in text, `council <id>`."""

    council: str


@dataclass(frozen=True, slots=True)
class WardPage:
    """The page of one ward; in text, `ward <council id> <ballot id>`."""

    council: str
    ballot: str


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """A page of all alerts of some kinds; in text, `alerts <kinds> <page>`.

    `page` counts from the oldest, from 1; without one it is the page of the newest.
    """

    kinds: AlertKinds
    page: int | None = None


@dataclass(frozen=True, slots=True)
class AlertPage:
    """The page of one alert; in text, `alert <id>`."""

    alert: str


PageKey = NightPage | CouncilPage | WardPage | AlertsPage | AlertPage


class UnknownPageError(KeyError):
    """There is no such council or ward."""


class BrokenPageError(Exception):
    """A page cannot be shown, because of what is stored for it or because of a fault here."""


def parse_page_key(text: str) -> PageKey:
    """Returns the key that `page_key_text` wrote. Raises ValueError for any other text."""
    match text.split(" "):
        case ["night"]:
            return NightPage()
        case ["council", council]:
            return CouncilPage(council)
        case ["ward", council, ballot]:
            return WardPage(council, ballot)
        case ["alert", alert]:
            return AlertPage(alert)
        case ["alerts", kinds] if kinds in KINDS:
            return AlertsPage(KINDS[KINDS.index(kinds)])
        case ["alerts", kinds, page] if kinds in KINDS and re.fullmatch("[1-9][0-9]{0,5}", page):
            return AlertsPage(KINDS[KINDS.index(kinds)], int(page))
        case _:
            raise ValueError(f"{text[:100]!r} is not the key of a page")


def page_key_text(key: PageKey) -> str:
    """Returns a page's key as text, such as `council local.barnet.2014-05-22`."""
    match key:
        case NightPage():
            return "night"
        case CouncilPage(council):
            return f"council {council}"
        case WardPage(council, ballot):
            return f"ward {council} {ballot}"
        case AlertPage(alert):
            return f"alert {alert}"
        case AlertsPage(kinds, page):
            return f"alerts {kinds}" if page is None else f"alerts {kinds} {page}"
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
