"""The tile of each council on the map.

The layouts are data of the ticker and not of a night: they are the same for every night.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from schemas.totals import CouncilTotals

LONDON_CODES: Final = "E09"
"""How the GSS codes of the London boroughs begin."""

OUTSIDE_COLUMNS: Final = 14
"""Tiles in one row of the councils that the layout has no place for, such as counties."""


Place = tuple[str, float, float]
"""A short name, and the x and y of a tile's middle."""

Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: its outline as the data of an SVG path, its middle, and a short label."""

    gss: str
    name: str
    outline: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class CouncilMap:
    """The tiles of a night's councils by GSS code, and empty tiles around them.

    The empty tiles show the shape of the country. `has_outside` is true if councils that have
    no place in the layout are shown in rows below it.
    """

    tiles: dict[str, Tile]
    empty: tuple[Tile, ...]
    width: float
    height: float
    squares: bool
    has_outside: bool

    def tile_of(self, totals: CouncilTotals) -> Tile:
        """Returns a council's tile. Raises KeyError if the map was laid out without it."""
        return self.tiles[map_code(totals)]


def map_code(totals: CouncilTotals) -> str:
    """Returns the code under which a council has its tile: its GSS code, or else its id."""
    return totals.council_gss or totals.council


def lay_out(councils: Iterable[tuple[str, str]]) -> CouncilMap:
    """Returns the map of councils that are given as GSS code and name.

    If all are London boroughs it is London's grid, else the hexagons of the United Kingdom,
    cropped to the councils. Councils that are not in the layout are shown in rows below it, by
    name, and so is a council whose place is taken, for example by its own earlier code.
    """
    given = list(councils)
    london = bool(given) and all(gss.startswith(LONDON_CODES) for gss, _ in given)
    layout = _london() if london else _united_kingdom()
    first = {layout[gss][1:]: gss for gss, _ in reversed(given) if gss in layout}
    placed = set(first.values())
    inside = {gss: layout[gss] for gss, _ in given if gss in placed}
    outside = sorted((name, gss) for gss, name in given if gss not in inside)
    corners = _square() if london else _hexagon()
    places = inside if london else _with_surroundings(inside, layout)
    left = min((x for _, x, _ in places.values()), default=0.0) - 1
    top = min((y for _, _, y in places.values()), default=0.0) - 1
    tiles = {
        gss: _tile(gss, name, x - left, y - top, corners) for gss, (name, x, y) in places.items()
    }
    below = max((tile.y for tile in tiles.values()), default=0.0) + (2.0 if tiles else 1.0)
    for number, (name, gss) in enumerate(outside):
        row, column = divmod(number, OUTSIDE_COLUMNS)
        tiles[gss or name] = _tile(gss or name, name, 1 + column, below + row, _square())
    shown = set(inside) | {gss or name for name, gss in outside}
    return CouncilMap(
        tiles={gss: tile for gss, tile in tiles.items() if gss in shown},
        empty=tuple(tile for gss, tile in tiles.items() if gss not in shown),
        width=max((tile.x for tile in tiles.values()), default=1.0) + 1,
        height=max((tile.y for tile in tiles.values()), default=1.0) + 1,
        squares=london,
        has_outside=bool(outside),
    )


def _with_surroundings(inside: dict[str, Place], layout: dict[str, Place]) -> dict[str, Place]:
    """Adds the layout's other places within the frame of the councils, one for each spot."""
    if not inside:
        return {}
    xs = [x for _, x, _ in inside.values()]
    ys = [y for _, _, y in inside.values()]
    by_spot = {
        (x, y): (gss, (name, x, y))
        for gss, (name, x, y) in layout.items()
        if min(xs) - 1 <= x <= max(xs) + 1 and min(ys) - 1 <= y <= max(ys) + 1
    }
    by_spot.update({(x, y): (gss, (name, x, y)) for gss, (name, x, y) in inside.items()})
    return dict(by_spot.values())


def _tile(gss: str, name: str, x: float, y: float, corners: Corners) -> Tile:
    first, *others = corners
    steps = zip(corners, others, strict=False)
    # All but the first corner are relative, the same for every tile: that compresses well.
    outline = f"M{_short(x + first[0])} {_short(y + first[1])}l" + " ".join(
        f"{_short(here[0] - before[0])} {_short(here[1] - before[1])}" for before, here in steps
    )
    return Tile(gss, name, f"{outline}z", round(x, 2), round(y, 2))


def _short(length: float) -> str:
    """Returns a length to two decimals, without zeros that say nothing: `.5`, `-3`."""
    text = f"{length:.2f}".rstrip("0").rstrip(".")
    return {"-0": "0"}.get(text, re.sub(r"^(-?)0\.", r"\1.", text))


@cache
def _square() -> Corners:
    half = 0.48
    return ((-half, -half), (half, -half), (half, half), (-half, half))


@cache
def _hexagon() -> Corners:
    """Returns a hexagon that stands on a corner, almost as wide as the distance of neighbours."""
    radius = 0.97 / math.sqrt(3)
    angles = [math.radians(60 * corner - 90) for corner in range(6)]
    return tuple((radius * math.cos(angle), radius * math.sin(angle)) for angle in angles)


@cache
def _london() -> dict[str, Place]:
    tiles = _read("london_grid.json")["tiles"]
    return {gss: (name, float(column), float(row)) for gss, (name, column, row) in tiles.items()}


@cache
def _united_kingdom() -> dict[str, Place]:
    """Returns the hexagons' places by GSS code, in units of one hexagon's width.

    The layout is `odd-r`: every odd row is moved half a hexagon to the right. Its rows count
    northwards, while y grows downwards in SVG, hence the minus.
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
