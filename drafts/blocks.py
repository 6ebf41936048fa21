"""Blocks: what every file of templates consists of, as lines under headings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

FILE_CHARACTERS_MAX: Final = 200_000
"""Twenty times what the longest file has that comes with livecount."""

LINE_CHARACTERS_MAX: Final = 1_000
"""A sentence of more than 150 words is none that anybody prints."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a file of templates, where, and what to do about it. Lines count from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """Returns `council.txt:12: what is wrong; the remedy`."""
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line such as `when: complete`, which may go on in indented lines below it."""

    number: int
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Block:
    """A heading such as `[sentence control]`, and the lines below it."""

    line: int
    kind: str
    name: str
    lines: tuple[Line, ...]


def blocks(file: str, text: str, faults: list[Fault]) -> list[Block]:
    """Returns the blocks of a file; what cannot be read is left out and added to `faults`.

    Blank lines, and lines that begin with `#`, say nothing.
    """
    if len(text) > FILE_CHARACTERS_MAX:
        faults.append(
            Fault(file, 1, f"{len(text)} characters; keep a file below {FILE_CHARACTERS_MAX}")
        )
        return []
    found: list[Block] = []
    heading: tuple[int, str, str] | None = None
    lines: list[Line] = []
    for number, written in _written(text):
        if written.startswith("["):
            if heading is not None:
                found.append(Block(*heading, tuple(lines)))
            heading, lines = _heading(file, number, written, faults), []
        elif heading is not None:
            line = _line(file, number, written, faults)
            lines += [line] if line is not None else []
        else:
            faults.append(
                Fault(
                    file, number, "a line under no heading; begin with one, as [sentence control]"
                )
            )
    if heading is not None:
        found.append(Block(*heading, tuple(lines)))
    return found


def _written(text: str) -> Iterator[tuple[int, str]]:
    """Yields each line that says something with its number, joined with the indented ones below."""
    number, written = 0, ""
    for place, line in enumerate(text.splitlines(), 1):
        if line[:1].isspace() and line.strip() and written:
            written += f" {line.strip()}"
            continue
        if written:
            yield number, written
        number, written = place, "" if line.startswith("#") else line.strip()
    if written:
        yield number, written


def _heading(file: str, number: int, written: str, faults: list[Fault]) -> tuple[int, str, str]:
    kind, _, name = written.strip("[]").strip().partition(" ")
    if not written.endswith("]"):
        faults.append(Fault(file, number, f"{written[:40]!r} has no end; close it with ]"))
    return number, kind, name.strip()


def _line(file: str, number: int, written: str, faults: list[Fault]) -> Line | None:
    key, colon, value = written.partition(":")
    if len(written) > LINE_CHARACTERS_MAX:
        faults.append(
            Fault(file, number, f"{len(written)} characters; shorten it to {LINE_CHARACTERS_MAX}")
        )
        return None
    if not colon or " " in key.strip():
        faults.append(
            Fault(
                file,
                number,
                f"{written[:40]!r} begins with no key; write `text: …` or `when: …`, and indent a"
                " line that goes on",
            )
        )
        return None
    return Line(number, key.strip(), value.strip())
