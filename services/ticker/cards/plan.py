"""Plan: a card laid out in pixels, as the boxes and words that are drawn. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.ticker.cards.card import Card, Share
from services.ticker.cards.colours import ALARM, INK, OPEN, PAPER, SOFT
from services.ticker.cards.letters import width

WIDTH_PX: Final = 1_200
HEIGHT_PX: Final = 630
"""What networks show whole: 1.91 to 1, as OpenGraph's and Twitter's largest previews are."""

MARGIN_PX: Final = 60
"""Space at every side: some networks cut the edges, and round the corners."""

REHEARSAL_PX: Final = 92
"""The height of the band that says that this is a rehearsal: a seventh of the picture, so that it
is read in a preview that is as small as a thumb."""

_ROOM_PX: Final = WIDTH_PX - 2 * MARGIN_PX
_HEADLINE_LINES_MAX: Final = 2
_LEGEND_LINES_MAX: Final = 2
_LEGEND_SIZE_PX: Final = 32
_APART_PX: Final = 40
_MORE_PX: Final = 240
"""Room for `and 99 more`, and the space before it."""
_CHARS_MAX: Final = 300
"""No line has room for more, and a ward may have elected a hundred people with names as long."""

_BAR_TOP_PX: Final = 340
_BAR_HEIGHT_PX: Final = 70
_FOOT_PX: Final = 26

_LINES_PX: Final = {False: (66, 150, 214), True: (138, 208, 262)}
"""The lines of what is above the name, of the name and of the headline; lower in a rehearsal."""

_NAME_SIZES_PX: Final = (76, 64, 52, 42)
_HEADLINE_SIZES_PX: Final = (42, 36, 30)


@dataclass(frozen=True, slots=True)
class Box:
    """A filled box with an outline, or without one if that is blank; in pixels."""

    left: float
    top: float
    right: float
    bottom: float
    fill: str
    outline: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A text; `left` is where it begins, `line` the line that it stands on, in pixels."""

    text: str
    left: float
    line: float
    size_px: int
    colour: str = INK
    is_bold: bool = False

    @property
    def right(self) -> float:
        """Where the text ends, in pixels from the left."""
        return self.left + width(self.text, self.size_px)


Plan = tuple[Box | Words, ...]
"""What is drawn, the first undermost."""


def plan(card: Card) -> Plan:
    """Returns a card laid out. All of it is within the margins; what has no room is cut short."""
    above, named, told = _LINES_PX[card.is_rehearsal]
    name_size = _fitting(card.name, _NAME_SIZES_PX)
    return (
        Box(0, 0, WIDTH_PX, HEIGHT_PX, PAPER),
        *(_rehearsal() if card.is_rehearsal else ()),
        Words(_cut(card.kicker, 28), MARGIN_PX, above, 28, SOFT),
        Words(_cut(card.name, name_size), MARGIN_PX, named, name_size, is_bold=True),
        *_headline(card.headline, told),
        *_bar(card, _BAR_TOP_PX),
        *_legend(card.shares, _BAR_TOP_PX + _BAR_HEIGHT_PX + 84),
        *_foot(card),
    )


def _rehearsal() -> list[Box | Words]:
    return [
        Box(0, 0, WIDTH_PX, REHEARSAL_PX, ALARM),
        Words("REHEARSAL", MARGIN_PX, 70, 68, is_bold=True),
        Words("Not a live count", MARGIN_PX + width("REHEARSAL", 68) + 50, 67, 38),
    ]


def _headline(text: str, line: float) -> list[Words]:
    """Returns the headline in the largest letters in which it has room, on one line or two."""
    size, lines = _HEADLINE_SIZES_PX[0], [""]
    for size in _HEADLINE_SIZES_PX:
        lines = _broken(text[:_CHARS_MAX], size)
        if len(lines) <= _HEADLINE_LINES_MAX:
            break
    last = _HEADLINE_LINES_MAX - 1
    lines[last:] = [_cut(" ".join(lines[last:]), size)] if lines[last:] else []
    return [
        Words(each, MARGIN_PX, line + place * (size + 8), size) for place, each in enumerate(lines)
    ]


def _bar(card: Card, top: float) -> list[Box | Words]:
    """Returns the bar with a box for each share, what is to come, and the line of the majority."""
    whole = max(card.whole, sum(each.number for each in card.shares), 1)
    bottom = top + _BAR_HEIGHT_PX
    parts: list[Box | Words] = [Box(MARGIN_PX, top, MARGIN_PX + _ROOM_PX, bottom, OPEN, SOFT)]
    taken = 0
    for each in card.shares:
        left = MARGIN_PX + _ROOM_PX * taken / whole
        taken += each.number
        right = MARGIN_PX + _ROOM_PX * taken / whole
        parts.append(Box(left, top, right, bottom, each.colour, PAPER))
    if card.marked:
        at = MARGIN_PX + _ROOM_PX * min(card.marked, whole) / whole
        parts.append(Box(at - 3, top - 12, at + 3, bottom + 12, INK, PAPER))
        wide = width(card.marked_words, 26)
        left = min(max(MARGIN_PX, at - wide / 2), WIDTH_PX - MARGIN_PX - wide)
        parts.append(Words(card.marked_words, left, bottom + 40, 26, is_bold=True))
    return parts


def _legend(shares: tuple[Share, ...], line: float) -> list[Box | Words]:
    """Returns whose the parts of the bar are, in words; how many are left out if there are many."""
    parts: list[Box | Words] = []
    left, used = float(MARGIN_PX), 1
    for place, each in enumerate(shares):
        words = f"{each.words} {each.number:,}"
        needed = _LEGEND_SIZE_PX + width(words, _LEGEND_SIZE_PX)
        right = _legend_ends(used, is_last=place + 1 == len(shares))
        if left > MARGIN_PX and left + needed > right:
            if used == _LEGEND_LINES_MAX:
                more = f"and {len(shares) - place:,} more"
                parts.append(Words(more, left, line, _LEGEND_SIZE_PX))
                break
            left, line, used = float(MARGIN_PX), line + _LEGEND_SIZE_PX + 10, used + 1
            right = _legend_ends(used, is_last=place + 1 == len(shares))
        parts.append(Box(left, line - 23, left + 22, line - 1, each.colour, SOFT))
        shown = _cut(words, _LEGEND_SIZE_PX, right - left - _LEGEND_SIZE_PX)
        written = Words(shown, left + _LEGEND_SIZE_PX, line, _LEGEND_SIZE_PX)
        parts.append(written)
        left = written.right + _APART_PX
    return parts


def _legend_ends(line: int, *, is_last: bool) -> float:
    """Returns where a line of the legend ends: on the last, others that follow must be counted."""
    spare = 0 if is_last or line < _LEGEND_LINES_MAX else _MORE_PX
    return WIDTH_PX - MARGIN_PX - spare


def _foot(card: Card) -> list[Words]:
    line = HEIGHT_PX - _FOOT_PX
    at = ", ".join(filter(None, (card.as_of, "livecount")))
    left = WIDTH_PX - MARGIN_PX - width(at, 26)
    return [
        Words(_cut(card.line, 26, left - MARGIN_PX - 30), MARGIN_PX, line, 26, SOFT),
        Words(at, left, line, 26, SOFT),
    ]


def _fitting(text: str, sizes_px: tuple[int, ...]) -> int:
    """Returns the largest of several sizes in which a text has room, or the smallest."""
    return next((size for size in sizes_px if width(text, size) <= _ROOM_PX), sizes_px[-1])


def _broken(text: str, size_px: int) -> list[str]:
    """Returns a text in lines that have room, each of them cut if one word is too long."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size_px) <= _ROOM_PX:
            lines[-1] = longer
        else:
            lines.append(_cut(word, size_px))
    return lines


def _cut(text: str, size_px: int, room_px: float = _ROOM_PX) -> str:
    """Returns a text that has room: with three dots at its end if it was cut short."""
    if len(text) <= _CHARS_MAX and width(text, size_px) <= room_px:
        return text
    kept = text[:_CHARS_MAX]
    while kept and width(f"{kept}...", size_px) > room_px:
        kept = kept[:-1]
    return f"{kept.rstrip()}..." if kept else ""
