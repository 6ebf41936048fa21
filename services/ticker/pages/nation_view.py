"""The parts of a night's page that say what its councils come to together."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from schemas.national import PartKind
from services.ticker.broken import report
from services.ticker.feed.nation_state import NationState
from services.ticker.feed.parsing import parse_national
from services.ticker.pages.nation_table import party_table
from services.ticker.pages.templates import part

KINDS: Final[tuple[PartKind, ...]] = ("nation", "region", "authority_type", "cycle")
"""The parts of a night, in the order in which they are shown."""

_CACHED: Final = 16
"""Nights and kinds of parts rendered last: those of all elections that change at the same time."""


def nation_fragments(nation: NationState, election: str) -> dict[str, str]:
    """Returns what a night's page says of all councils together, by element id.

    If nothing is counted across councils, or what is cannot be shown, the page says so in one
    sentence, and these elements are empty; a fault is reported.
    """
    try:
        fragments = _of_night(nation.night_json, is_unreadable=nation.is_unreadable)
    except Exception as error:  # noqa: BLE001 -- whatever it is, councils are shown all the same
        report("national", election, error)
        fragments = _of_night(b"", is_unreadable=True)
    try:
        parts = _of_parts(tuple((kind, tuple(nation.parts(kind))) for kind in KINDS))
    except Exception as error:  # noqa: BLE001 -- as above
        report("national", f"parts of {election}", error)
        parts = _of_parts(())
    return {**fragments, "night-parts": parts}


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


@lru_cache(maxsize=_CACHED)
def _of_parts(kinds: tuple[tuple[PartKind, tuple[bytes, ...]], ...]) -> str:
    """Returns the tables of each kind that has several parts; of one alone the night says it."""
    shown = [(kind, [parse_national(data) for data in parts]) for kind, parts in kinds]
    return part("nation/parts.html", kinds=[(kind, parts) for kind, parts in shown if parts[1:]])
