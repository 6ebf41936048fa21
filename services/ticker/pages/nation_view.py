"""The parts of a night's page that say what its councils come to together."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from schemas.national import PartKind
from services.pages.live_view import View
from services.pages.templates import element
from services.ticker.broken import report
from services.ticker.feed.nation_state import NationState
from services.ticker.feed.parsing import parse_national
from services.ticker.pages.nation_table import party_table
from services.ticker.pages.templates import part

KINDS: Final[tuple[PartKind, ...]] = ("nation", "region", "authority_type", "cycle")
"""The parts of a night, in the order in which they are shown."""

_CACHED: Final = 16
"""Nights rendered last, so that each version is rendered once."""

_CACHED_PARTS: Final = 128
"""Parts likewise: a night has some twenty, of which a declaration changes three or four."""


def nation_view(nation: NationState, election: str) -> View:
    """Returns what a night's page says of all councils together.

    If nothing is counted across councils, or what is cannot be shown, the page says so in one
    sentence, and has nothing of the kind below it. A part that cannot be shown is left out. Each
    fault is reported.
    """
    try:
        fragments = dict(_of_night(nation.night_json, is_unreadable=nation.is_unreadable))
    except Exception as error:  # noqa: BLE001 -- whatever it is, councils are shown all the same
        report("national", election, error)
        fragments = dict(_of_night(b"", is_unreadable=True))
    orders: dict[str, tuple[str, ...]] = {}
    for kind in KINDS:
        rows: dict[str, str] = {}
        for data in nation.parts(kind):
            try:
                rows |= [_row(data)]
            except Exception as error:  # noqa: BLE001 -- whatever it is, it is this part's only
                report("national", f"{kind} of {election}", error)
        fragments |= rows
        orders[f"parts-{kind}"] = tuple(rows)
    return View(fragments, orders)


@lru_cache(maxsize=_CACHED)
def _of_night(data: bytes, *, is_unreadable: bool) -> dict[str, str]:
    night = parse_national(data) if data else None
    table = None if night is None else party_table(night)
    return {
        "strip": part("nation/strip.html", night=night, table=table, is_unreadable=is_unreadable),
        "night-parties": part("nation/parties.html", night=night, table=table),
        "night-to-come": part("nation/to_come.html", night=night),
        "night-milestones": part("nation/milestones.html", night=night),
        "night-projections": part(
            "nation/projections.html",
            night=night,
            names={each.party_id: each.party for each in night.parties} if night else {},
        ),
    }


@lru_cache(maxsize=_CACHED_PARTS)
def _row(data: bytes) -> tuple[str, str]:
    """Returns a part's row in the table of its kind, after its element id."""
    each = parse_national(data)
    return f"part-{element(f'{each.kind} {each.name}')}", part("nation/part.html", each=each)
