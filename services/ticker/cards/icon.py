"""The icon of the site, as `base.html` has it as a drawing, in the forms that are asked for."""

from __future__ import annotations

import io
from functools import cache
from typing import Final

from PIL import Image, ImageDraw

TOUCH_PX: Final = 180
"""The side of the icon that phones put on their home screen."""

_FAVICON_PX: Final = (16, 32, 48)
_UNITS: Final = 8
"""The drawing is eight units wide and high: two bars of seats, and the line of the majority."""


@cache
def favicon() -> bytes:
    """Returns the icon as an ICO file with the sizes that browsers and readers use."""
    stored = io.BytesIO()
    largest = _drawn(max(_FAVICON_PX), None)
    largest.save(stored, "ICO", sizes=[(size, size) for size in _FAVICON_PX])
    return stored.getvalue()


@cache
def touch_icon() -> bytes:
    """Returns the icon as a PNG for home screens, which show black where it has no colour."""
    stored = io.BytesIO()
    _drawn(TOUCH_PX, "#ffffff").save(stored, "PNG", optimize=True)
    return stored.getvalue()


def _drawn(side_px: int, ground: str | None) -> Image.Image:
    image = Image.new("RGBA", (side_px, side_px), ground or (0, 0, 0, 0))
    drawn = ImageDraw.Draw(image)
    unit = side_px / _UNITS

    def box(left: float, top: float, right: float, bottom: float, colour: str) -> None:
        edges = (left * unit, top * unit, right * unit - 1, bottom * unit - 1)
        drawn.rectangle([round(edge) for edge in edges], fill=colour)

    box(0, 2, 3, 6, "#666666")
    box(3, 2, 8, 6, "#bb0000")
    box(4, 0, 4.6, 8, "#000000")
    return image
