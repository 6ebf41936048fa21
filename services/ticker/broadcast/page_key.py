"""The key of a page with live parts, and its text in the query of `/live/{election}`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, assert_never

NightOrder = Literal["near", "name", "time", "region"]
"""How a night's councils are listed: by how close to a decision they are, from A to Z, by when they
were decided, or by region."""


@dataclass(frozen=True, slots=True)
class NightPage:
    """The page of an election with all of its councils; in text, `night`, or `night <order>`."""

    order: NightOrder = "near"


@dataclass(frozen=True, slots=True)
class CouncilPage:
    """The page of one council; in text, `council <id>`."""

    council: str


@dataclass(frozen=True, slots=True)
class WardPage:
    """The page of one ward; in text, `ward <council id> <ballot id>`."""

    council: str
    ballot: str


PageKey = NightPage | CouncilPage | WardPage


class UnknownPageError(KeyError):
    """There is no such council or ward."""


class BrokenPageError(Exception):
    """A page cannot be shown, because of what is stored for it or because of a fault here."""


def parse_page_key(text: str) -> PageKey:
    """Returns the key that `page_key_text` wrote. Raises ValueError for any other text."""
    match text.split(" "):
        case ["night"]:
            return NightPage()
        case ["night", "name" | "time" | "region" as order]:
            return NightPage(order)
        case ["council", council]:
            return CouncilPage(council)
        case ["ward", council, ballot]:
            return WardPage(council, ballot)
        case _:
            raise ValueError(f"{text[:100]!r} is not the key of a page")


def page_key_text(key: PageKey) -> str:
    """Returns a page's key as text, such as `council local.barnet.2014-05-22`."""
    match key:
        case NightPage(order):
            return "night" if order == "near" else f"night {order}"
        case CouncilPage(council):
            return f"council {council}"
        case WardPage(council, ballot):
            return f"ward {council} {ballot}"
        case _:
            assert_never(key)


def shows_any(key: PageKey, councils: Collection[str]) -> bool:
    """Returns whether a page may look different after these councils changed."""
    match key:
        case NightPage():
            return bool(councils)
        case CouncilPage(council) | WardPage(council, _):
            return council in councils
        case _:
            assert_never(key)
