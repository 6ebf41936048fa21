"""How far apart two colours are, for readers of every colour vision.

The simulation is that of Machado, Oliveira and Fernandes, "A physiologically-based model for
simulation of color vision deficiency" (IEEE TVCG 15, 2009), at severity 1.0, on linear sRGB. The
difference is CIEDE2000, as in Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula"
(Color Research and Application 30, 2005).
"""

from __future__ import annotations

import math
from typing import Final, Literal

Vision = Literal["typical", "protan", "deutan"]
Triple = tuple[float, float, float]

SIMULATIONS: Final[dict[Vision, tuple[Triple, Triple, Triple]]] = {
    "typical": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}

XYZ_OF_SRGB: Final = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
WHITE: Final = (0.95047, 1.0, 1.08883)
"""The white of sRGB, D65."""


def linear(colour: str) -> Triple:
    """Returns the red, green and blue of `#rrggbb` in proportion to their light, from 0 to 1."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """Returns the contrast ratio of two colours (WCAG 2.2)."""
    darker, lighter = sorted(
        0.2126 * red + 0.7152 * green + 0.0722 * blue
        for red, green, blue in (linear(one), linear(other))
    )
    return (lighter + 0.05) / (darker + 0.05)


def difference(one: str, other: str, vision: Vision) -> float:
    """Returns the CIEDE2000 difference of two colours as readers of a colour vision see them."""
    return ciede2000(_seen(one, vision), _seen(other, vision))


def _seen(colour: str, vision: Vision) -> Triple:
    """Returns a colour as it is seen, in CIELAB."""
    seen = _times(SIMULATIONS[vision], linear(colour))
    red, green, blue = (min(1.0, max(0.0, each)) for each in seen)
    x, y, z = (
        _root(each / white)
        for each, white in zip(_times(XYZ_OF_SRGB, (red, green, blue)), WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _times(matrix: tuple[Triple, Triple, Triple], by: Triple) -> Triple:
    first, second, third = (sum(a * b for a, b in zip(row, by, strict=True)) for row in matrix)
    return first, second, third


def _root(value: float) -> float:
    return value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116


def ciede2000(one: Triple, other: Triple) -> float:
    """Returns the CIEDE2000 difference of two colours in CIELAB."""
    chroma_mean = (math.hypot(*one[1:]) + math.hypot(*other[1:])) / 2
    stretch = 1.5 - 0.5 * math.sqrt(chroma_mean**7 / (chroma_mean**7 + 25**7))
    chromas = [math.hypot(each[1] * stretch, each[2]) for each in (one, other)]
    hues = [math.degrees(math.atan2(each[2], each[1] * stretch)) % 360 for each in (one, other)]
    turn = (hues[1] - hues[0] + 180) % 360 - 180 if all(chromas) else 0.0
    hue = (hues[0] + turn / 2) % 360 if all(chromas) else sum(hues)
    lightness, chroma = (one[0] + other[0]) / 2, sum(chromas) / 2
    by_hue = (
        1
        - 0.17 * math.cos(math.radians(hue - 30))
        + 0.24 * math.cos(math.radians(2 * hue))
        + 0.32 * math.cos(math.radians(3 * hue + 6))
        - 0.20 * math.cos(math.radians(4 * hue - 63))
    )
    lighter = (other[0] - one[0]) / (
        1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2)
    )
    purer = (chromas[1] - chromas[0]) / (1 + 0.045 * chroma)
    turned = 2 * math.sqrt(chromas[0] * chromas[1]) * math.sin(math.radians(turn) / 2)
    turned /= 1 + 0.015 * chroma * by_hue
    rotation = -2 * math.sqrt(chroma**7 / (chroma**7 + 25**7))
    rotation *= math.sin(math.radians(60 * math.exp(-(((hue - 275) / 25) ** 2))))
    return math.sqrt(lighter**2 + purer**2 + turned**2 + rotation * purer * turned)
