"""Letters of pictures: the font that comes with Pillow, and the accents that it lacks.

That font (Aileron, a part of it) has the letters of English and no others. Letters with an accent
are drawn as their base letter and the accent over it, so that `Ynys Môn`, `Llŷn` and `Eilean Siar`
are spelled as the source has them. A letter that cannot be drawn so either is spelled with others.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import Final, NamedTuple

from PIL import Image, ImageDraw, ImageFont

GRAVE, ACUTE, CIRCUMFLEX, TILDE = "\u0300", "\u0301", "\u0302", "\u0303"
MACRON, DOT, DIAERESIS, RING, CARON = "\u0304", "\u0307", "\u0308", "\u030a", "\u030c"

ACCENTS: Final = frozenset((GRAVE, ACUTE, CIRCUMFLEX, TILDE, MACRON, DOT, DIAERESIS, RING, CARON))
"""The accents that are drawn: those over letters of Welsh, Gaelic, Irish, Scots and Cornish, and
most of those in names from elsewhere. Others, which stand below or across, are left out."""

SPELLED: Final = {
    "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u00a0": " ", "\u202f": " ", "\u00ad": "",
    "\u00d8": "O", "\u00f8": "o", "\u00c6": "AE", "\u00e6": "ae", "\u0152": "OE", "\u0153": "oe",
    "\u00df": "ss", "\u0141": "L", "\u0142": "l", "\u00d0": "D", "\u00f0": "d", "\u00de": "Th",
    "\u00fe": "th", "\u0131": "i", "\u20ac": "EUR", "\u00a3": "GBP", "\u00bd": "1/2",
    "\u2032": "'", "\u2033": '"',
}  # fmt: skip
"""Letters and signs that the font lacks and that no accent makes, as they are spelled instead."""

UNKNOWN: Final = "?"
"""What stands for a letter that can neither be drawn nor spelled, such as one of Greek."""

_TALL: Final = "bdfhijklt"
"""Small letters that reach above the others, so that their accent stands higher."""

_SMOOTHING: Final = 4
"""Accents are drawn so many times as large and then reduced, as lines have no smooth edges."""

_CACHED_LETTERS: Final = 4_096
"""Letters of which it is remembered whether the font has them: more than names are written with."""


class Letter(NamedTuple):
    """One letter that the font has, and the accent over it; blank for none."""

    base: str
    accent: str = ""


@cache
def font(size_px: int) -> ImageFont.FreeTypeFont:
    """Returns the font at a size in pixels. Raises RuntimeError if Pillow lacks FreeType."""
    found = ImageFont.load_default(size_px)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise RuntimeError(  # noqa: TRY004 -- nobody has passed a wrong type
            "Pillow was built without FreeType, so it has no font of any size"
        )
    return found


@lru_cache(maxsize=_CACHED_LETTERS)
def _is_drawn(letter: str) -> bool:
    """Returns whether the font has a letter: what it lacks looks like what is no letter at all."""
    known = font(40)
    return bytes(known.getmask(letter)) != bytes(known.getmask("\ufffe"))


def letters(text: str) -> tuple[Letter, ...]:
    """Returns a text as letters that can be drawn."""
    found: list[Letter] = []
    for sign in unicodedata.normalize("NFC", text):
        if sign in SPELLED:
            found += [Letter(each) for each in SPELLED[sign]]
            continue
        apart = unicodedata.normalize("NFD", sign)
        base, marks = apart[0], apart[1:]
        if unicodedata.combining(base):
            continue
        accents = [mark for mark in marks if mark in ACCENTS]
        found.append(
            Letter(base, accents[0] if accents else "") if _is_drawn(base) else Letter(UNKNOWN)
        )
    return tuple(found)


def plain(text: str) -> str:
    """Returns a text without its accents, as the font has it."""
    return "".join(letter.base for letter in letters(text))


def width(text: str, size_px: int) -> float:
    """Returns how wide a text is, in pixels."""
    return font(size_px).getlength(plain(text))


def write(  # noqa: PLR0913 -- a text, where it stands and how it looks
    image: Image.Image,
    at: tuple[float, float],
    text: str,
    size_px: int,
    colour: str,
    *,
    is_bold: bool = False,
) -> None:
    """Draws a text into a picture; `at` is its left end, and the line that letters stand on."""
    spelled = letters(text)
    bases = "".join(letter.base for letter in spelled)
    used = font(size_px)
    weight = max(1, size_px // 40) if is_bold else 0
    mask = Image.new("L", (int(used.getlength(bases)) + 2 * size_px, 2 * size_px))
    drawn = ImageDraw.Draw(mask)
    left, line = size_px / 2, 1.5 * size_px
    drawn.text((left, line), bases, fill=255, font=used, anchor="ls", stroke_width=weight)
    for place, letter in enumerate(spelled):
        if letter.accent:
            starts = left + used.getlength(bases[:place])
            ends = left + used.getlength(bases[: place + 1])
            _set_accent(mask, letter, (starts, ends, line), size_px, weight)
    image.paste(colour, (round(at[0] - left), round(at[1] - line)), mask)


def _set_accent(
    mask: Image.Image,
    letter: Letter,
    place: tuple[float, float, float],
    size_px: int,
    weight: int,
) -> None:
    """Draws the accent of a letter that stands from one place to another on a line."""
    starts, ends, line = place
    used = font(size_px)
    top = line + used.getbbox("x" if letter.base in "ij" else letter.base, anchor="ls")[1]
    if letter.base in "ij":
        # The accent takes the place of the dot.
        dot = line + used.getbbox("i", anchor="ls")[1]
        mask.paste(0, (int(starts), int(dot) - 1 - weight, int(ends) + 1, int(top) - weight))
    accent = _accent(letter.accent, size_px, weight)
    gap = size_px * (0.03 if letter.base.islower() and letter.base not in _TALL else 0.02)
    left = (starts + ends - accent.width) / 2
    mask.paste(255, (round(left), round(top - gap - accent.height)), accent)


@cache
def _accent(accent: str, size_px: int, weight: int) -> Image.Image:
    """Returns an accent for letters of a size, as a mask."""
    shapes: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
        GRAVE: (((0.25, 0.1), (0.7, 0.9)),),
        ACUTE: (((0.75, 0.1), (0.3, 0.9)),),
        CIRCUMFLEX: (((0.05, 0.9), (0.5, 0.15), (0.95, 0.9)),),
        CARON: (((0.05, 0.1), (0.5, 0.85), (0.95, 0.1)),),
        TILDE: (((0.0, 0.7), (0.25, 0.3), (0.7, 0.7), (1.0, 0.3)),),
        MACRON: (((0.05, 0.5), (0.95, 0.5)),),
    }
    wide, high = 0.32 * size_px, 0.16 * size_px
    thick = (0.075 * size_px + weight) * _SMOOTHING
    width_px, height_px = round(wide) + 4, round(high) + 4
    image = Image.new("L", (width_px * _SMOOTHING, height_px * _SMOOTHING))
    drawn = ImageDraw.Draw(image)

    def at(x: float, y: float) -> tuple[float, float]:
        return (2 + x * wide) * _SMOOTHING, (2 + y * high) * _SMOOTHING

    for line in shapes.get(accent, ()):
        drawn.line([at(*point) for point in line], fill=255, width=round(thick), joint="curve")
    dots = {DIAERESIS: (0.15, 0.85), DOT: (0.5,), RING: (0.5,)}.get(accent, ())
    for x in dots:
        middle, down = at(x, 0.5)
        radius = high * _SMOOTHING * 0.55 if accent == RING else thick * 0.62
        box = (middle - radius, down - radius, middle + radius, down + radius)
        if accent == RING:
            drawn.ellipse(box, outline=255, width=round(thick * 0.7))
        else:
            drawn.ellipse(box, fill=255)
    return image.resize((width_px, height_px), Image.Resampling.BOX)
