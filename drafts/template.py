"""Templates of sentences, and of the parts that lists in them are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from drafts.blocks import Block, Fault, Line
from drafts.conditions import Condition, parse_conditions

PLACE: Final = re.compile(r"\{([^{}]*)\}")
_PLACE_PARTS: Final = re.compile(r"(?P<fact>[a-z_]+)(?::(?P<form>[a-z_-]+))?")

IMPORTANCE_USUAL: Final = 5
"""How important a sentence is of which its file says nothing, from 1 to 9."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact stands in a text, as `{seats:seat}`; `form` is how it is written."""

    fact: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to write a sentence: its text and places in order, and when it fits."""

    file: str
    line: int
    conditions: tuple[Condition, ...]
    pieces: tuple[str | Place, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """The places of facts in the text."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Place))


@dataclass(frozen=True, slots=True)
class Slot:
    """A sentence, or a part of a list, with its wordings: the first that fits is written.

    `joins` is what stands between the things of such a list, where that is not usual.
    """

    name: str
    wordings: tuple[Wording, ...]
    importance: int = IMPORTANCE_USUAL
    joins: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StoryTemplate:
    """The sentences of a story by paragraph, and the parts of its lists by name."""

    file: str
    paragraphs: tuple[tuple[Slot, ...], ...]
    parts: dict[str, Slot]

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Every sentence, in order, and then every part."""
        sentences = tuple(slot for paragraph in self.paragraphs for slot in paragraph)
        return (*sentences, *self.parts.values())


def story_template(file: str, found: list[Block], faults: list[Fault]) -> StoryTemplate:
    """Returns the template in the blocks of a file; what cannot be used is added to `faults`."""
    paragraphs: list[list[Slot]] = [[]]
    parts: dict[str, Slot] = {}
    for block in found:
        match block.kind:
            case "paragraph":
                paragraphs.append([])
            case "sentence" | "part" if not block.name:
                message = f"[{block.kind}] has no name; give it one, as [{block.kind} control]"
                faults.append(Fault(file, block.line, message))
            case "sentence":
                paragraphs[-1].append(_slot(file, block, faults))
            case "part":
                parts[block.name] = _slot(file, block, faults)
            case _:
                message = f"[{block.kind}] is unknown; write [sentence …], [part …] or [paragraph]"
                faults.append(Fault(file, block.line, message))
    return StoryTemplate(file, tuple(tuple(each) for each in paragraphs if each), parts)


def _slot(file: str, block: Block, faults: list[Fault]) -> Slot:
    wordings: list[Wording] = []
    conditions: tuple[Condition, ...] = ()
    importance = IMPORTANCE_USUAL
    joins: list[tuple[str, str]] = []
    for line in block.lines:
        try:
            match line.key:
                case "when":
                    conditions = parse_conditions(line.value)
                case "importance":
                    importance = _importance(line)
                case "between" | "last" if block.kind == "part":
                    joins.append((line.key, line.value.strip('"')))
                case "text":
                    pieces = _pieces(line.value)
                    wordings.append(Wording(file, line.number, conditions, pieces))
                    conditions = ()
                case _:
                    faults.append(
                        Fault(
                            file,
                            line.number,
                            f"{line.key[:40]!r} is unknown; write `when:`, `text:`,"
                            " `importance:`, or in a part `between:` or `last:`",
                        )
                    )
        except ValueError as error:
            faults.append(Fault(file, line.number, str(error)))
    if not wordings:
        faults.append(
            Fault(file, block.line, f"[{block.kind} {block.name}] says nothing; add `text: …`")
        )
    return Slot(block.name, tuple(wordings), importance, tuple(joins))


def _importance(line: Line) -> int:
    if line.value not in set("123456789"):
        raise ValueError(
            f"importance: {line.value[:20]!r}; write 1 to 9, where 9 stays the longest"
        )
    return int(line.value)


def _pieces(text: str) -> tuple[str | Place, ...]:
    """Returns a text in pieces. Raises ValueError, which says what is wrong and what to write."""
    pieces: list[str | Place] = []
    for number, piece in enumerate(PLACE.split(text)):
        if number % 2 == 0:
            pieces += [piece] if _checked(piece) else []
            continue
        found = _PLACE_PARTS.fullmatch(piece)
        if found is None:
            raise ValueError(
                f"{{{piece[:40]}}} names no fact; write {{seats}}, or {{seats:seat}} with a form"
            )
        pieces.append(Place(found["fact"], found["form"] or ""))
    if not pieces:
        raise ValueError("text: empty; write a sentence, or leave the line out")
    return tuple(pieces)


def _checked(text: str) -> str:
    """Returns text between places. Raises ValueError for braces and for digits."""
    if "{" in text or "}" in text:
        raise ValueError(f"{text[:40]!r}: a brace without its pair; write {{fact}}")
    digit = next((character for character in text if character.isdigit()), "")
    if digit:
        raise ValueError(
            f"{digit!r}: a digit that rests on nothing; use a fact in braces, or write it in words"
        )
    return text
