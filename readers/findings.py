"""Faults: what is wrong, or merely odd, at one line of a file, and how to put it right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from readers.printable import printable
from schemas.refusal import refusals

# Enough to put any real file right in one go; a file of rubbish has a fault in each line.
FAULTS_SHOWN_MAX = 1_000

_Built = TypeVar("_Built")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong or odd at one place. Prints as `file:line: what is wrong`."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class UnusableFilesError(ValueError):  # noqa: N818 - it names the files, and is read as a noun
    """Files that cannot be right: nothing of them is counted. Holds every fault found."""

    def __init__(self, faults: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(slots=True)
class Findings:
    """Collects the faults and warnings of several files, so that all are reported at once.

    Files come in the order in which they were `opened`, each in the order of its lines.
    """

    _files: dict[Path, int] = field(default_factory=dict)
    _faults: list[Finding] = field(default_factory=list)
    _warnings: list[Finding] = field(default_factory=list)
    _repeated: dict[tuple[Path, str], list[Finding]] = field(default_factory=dict)

    def add_file(self, file: Path) -> None:
        """Notes that a file is read now."""
        self._files.setdefault(file, len(self._files))

    def fault(self, file: Path, line: int, message: str) -> None:
        """Adds what cannot be right: nothing will be counted."""
        self._faults.append(Finding(file, line, printable(message)))

    def warn(self, file: Path, line: int, message: str, *, once: str = "") -> None:
        """Adds what is odd but possible, and counted all the same.

        Warnings of one file with the same `once` are listed once, with their number.
        """
        warning = Finding(file, line, printable(message))
        if once:
            self._repeated.setdefault((file, once), []).append(warning)
        else:
            self._warnings.append(warning)

    def build(self, make: Callable[[], _Built], file: Path, line: int) -> _Built | None:
        """Returns what `make` makes; where a schema refuses it None, and adds a fault a reason."""
        try:
            return make()
        except ValidationError as error:
            for refusal in refusals(error):
                self.fault(file, line, str(refusal))
            return None

    @property
    def fault_count(self) -> int:
        """How many faults there are so far."""
        return len(self._faults)

    @property
    def faults(self) -> tuple[Finding, ...]:
        """All faults, file by file in the order of lines; at most FAULTS_SHOWN_MAX and their number."""
        faults = self._in_order(self._faults)
        if len(faults) <= FAULTS_SHOWN_MAX:
            return faults
        last = faults[FAULTS_SHOWN_MAX]
        more = Finding(last.file, last.line, f"and {len(faults) - FAULTS_SHOWN_MAX} more faults")
        return (*faults[:FAULTS_SHOWN_MAX], more)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """All warnings, file by file in the order of lines."""
        once = [
            Finding(
                same[0].file, same[0].line, f"{same[0].message} ({len(same)} times in this file)"
            )
            if len(same) > 1
            else same[0]
            for same in self._repeated.values()
        ]
        return self._in_order([*self._warnings, *once])

    def raise_if_unusable(self) -> None:
        """Raises UnusableFilesError with every fault, if there is any."""
        if self._faults:
            raise UnusableFilesError(self.faults)

    def _in_order(self, found: list[Finding]) -> tuple[Finding, ...]:
        last = len(self._files)
        return tuple(sorted(found, key=lambda each: (self._files.get(each.file, last), each.line)))
