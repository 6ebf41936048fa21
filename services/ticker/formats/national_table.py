"""`national.csv`: parties over the councils of a night, and of each part of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from schemas.national import NationalParty, NationalTotals
from services.ticker.feed.parsing import parse_national
from services.ticker.formats.csv_text import csv_bytes

_OF_COUNCILS: Final = (
    "total",
    "opened",
    "decided",
    "complete",
    "awaited",
    "wards_total",
    "wards_declared",
    "seats_declared",
    "turnout_percentage",
)

NATIONAL_COLUMNS: Final = (
    *("kind", "name", "election", "mode", "version"),
    *(f"councils_{name}" for name in _OF_COUNCILS),
    *NationalParty.model_fields,
)


def national_csv(parts: Iterable[bytes]) -> bytes:
    """Returns one row for each part and party, with a header row, in ENCODING.

    `parts` are totals as JSON. One without parties has one row, with nothing under its parties.
    """
    return csv_bytes(
        NATIONAL_COLUMNS, [row for data in parts for row in _rows(parse_national(data))]
    )


def _rows(totals: NationalTotals) -> Iterator[list[object]]:
    of_part = [totals.kind, totals.name, totals.election, totals.mode, totals.version]
    of_part += [getattr(totals.councils, name) for name in _OF_COUNCILS]
    for party in totals.parties:
        yield [*of_part, *(_cell(getattr(party, name)) for name in NationalParty.model_fields)]
    if not totals.parties:
        yield [*of_part, *("" for _ in NationalParty.model_fields)]


def _cell(value: object) -> object:
    """Returns councils by party as `PP52 4; NOC 2`, and everything else as it is."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {number}" for key, number in value.items())
    return value
