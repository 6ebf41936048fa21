"""Where each council stands on the map.

The layouts are the ticker's own data rather than a night's: one holds for every night.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

LONDON_CODES: Final = "E09"
"""GSS codes of the London boroughs begin so."""

OUTSIDE_COLUMNS: Final = 14
"""Tiles in one row of the councils that the layout has no place for, such as counties."""


Place = tuple[str, float, float]
Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: its place as the points of an SVG polygon, its middle, and a short label."""

    gss: str
    name: str
    points: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Map:
    """Tiles of the councils of a night, and the empty ones that give the country its shape."""

    tiles: dict[str, Tile]
    empty: tuple[Tile, ...]
    width: float
    height: float
    squares: bool
    outside: bool


def lay_out(councils: Iterable[tuple[str, str]]) -> Map:
    """Returns the map for councils given as GSS code and name.

    London's grid where all are London boroughs, else the hexagons of the United Kingdom, cropped
    to where there are councils. Councils without a place there stand in rows below, by name; so
    does one whose place another has taken, as where a council was renumbered.
    """
    found = list(councils)
    london = bool(found) and all(gss.startswith(LONDON_CODES) for gss, _ in found)
    places = _london() if london else _united_kingdom()
    first = {places[gss][1:]: gss for gss, _ in reversed(found) if gss in places}
    taken = set(first.values())
    here = {gss: places[gss] for gss, _ in found if gss in taken}
    outside = sorted((name, gss) for gss, name in found if gss not in here)
    corners = _square() if london else _hexagon()
    every = here if london else _with_surroundings(here, places)
    left = min((x for _, x, _ in every.values()), default=0.0) - 1
    top = min((y for _, _, y in every.values()), default=0.0) - 1
    tiles = {
        gss: _tile(gss, name, x - left, y - top, corners) for gss, (name, x, y) in every.items()
    }
    below = max((tile.y for tile in tiles.values()), default=0.0) + (2.0 if tiles else 1.0)
    for number, (name, gss) in enumerate(outside):
        row, column = divmod(number, OUTSIDE_COLUMNS)
        tiles[gss or name] = _tile(gss or name, name, 1 + column, below + row, _square())
    known = set(here) | {gss or name for name, gss in outside}
    return Map(
        tiles={gss: tile for gss, tile in tiles.items() if gss in known},
        empty=tuple(tile for gss, tile in tiles.items() if gss not in known),
        width=max((tile.x for tile in tiles.values()), default=1.0) + 1,
        height=max((tile.y for tile in tiles.values()), default=1.0) + 1,
        squares=london,
        outside=bool(outside),
    )


def _with_surroundings(here: dict[str, Place], places: dict[str, Place]) -> dict[str, Place]:
    """Adds the places within the frame of those that count tonight, each spot once."""
    if not here:
        return {}
    xs = [x for _, x, _ in here.values()]
    ys = [y for _, _, y in here.values()]
    by_spot = {
        (x, y): (gss, (name, x, y))
        for gss, (name, x, y) in places.items()
        if min(xs) - 1 <= x <= max(xs) + 1 and min(ys) - 1 <= y <= max(ys) + 1
    }
    by_spot.update({(x, y): (gss, (name, x, y)) for gss, (name, x, y) in here.items()})
    return dict(by_spot.values())


def _tile(gss: str, name: str, x: float, y: float, corners: Corners) -> Tile:
    points = " ".join(f"{x + dx:.2f},{y + dy:.2f}" for dx, dy in corners)
    return Tile(gss, name, points, round(x, 2), round(y, 2))


@cache
def _square() -> Corners:
    half = 0.48
    return ((-half, -half), (half, -half), (half, half), (-half, half))


@cache
def _hexagon() -> Corners:
    """A hexagon standing on a corner, as wide as the distance of two neighbours."""
    radius = 0.97 / math.sqrt(3)
    angles = [math.radians(60 * corner - 90) for corner in range(6)]
    return tuple((radius * math.cos(angle), radius * math.sin(angle)) for angle in angles)


@cache
def _london() -> dict[str, Place]:
    tiles = _read("london_grid.json")["tiles"]
    return {gss: (name, float(column), float(row)) for gss, (name, column, row) in tiles.items()}


@cache
def _united_kingdom() -> dict[str, Place]:
    """Places in units of one hexagon's width; rows grow northwards in the source, so turn them.

    In the layout `odd-r` every odd row is pushed half a hexagon to the right.
    """
    data = _read("uk_hexes.json")
    places = {
        gss: (name, q + 0.5 * (r % 2), -r * math.sqrt(3) / 2)
        for gss, (name, q, r) in data["tiles"].items()
    }
    for old, new in data["renumbered"].items():
        places[old] = places[new]
    return places


def _read(name: str) -> Any:
    text = files("services.ticker").joinpath("data", name).read_text(encoding="utf-8")
    return json.loads(text)
