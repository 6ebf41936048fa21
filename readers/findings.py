"""Findings: what is wrong (faults) or odd (warnings) at a line of a file, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from schemas.printable import printable
from schemas.refusal import refusals

FAULTS_SHOWN_MAX = 1_000
"""Faults listed, enough to mend any real file at once; a file of rubbish has one in each line."""

LEAVE_OUT = "--leave-out-faulty-wards"
"""The option with which a ward with a fault is left out, and all others count."""

_Built = TypeVar("_Built")


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault or a warning. Its text is `file:line: message`."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class UnusableFilesError(ValueError):
    """Files with faults, of which nothing is counted. `faults` has every fault found.

    If each of them is of one ward alone, the message says how to count the others.
    """

    def __init__(self, faults: tuple[Finding, ...], *, of_wards_alone: bool = False) -> None:
        lines = [str(fault) for fault in faults]
        if of_wards_alone:
            last = faults[-1]
            lines.append(f"{last.file}:{last.line}: note: {LEAVE_OUT} counts all other wards")
        super().__init__("\n".join(lines))
        self.faults = faults


@dataclass(slots=True)
class Findings:
    """Collects the faults and warnings of several files, so that all are reported at once.

    Findings are listed file by file, in the order of `add_file`, each file in order of its lines.
    """

    _files: dict[Path, int] = field(default_factory=dict)
    _faults: list[Finding] = field(default_factory=list)
    _warnings: list[Finding] = field(default_factory=list)
    _repeated: dict[tuple[Path, str], list[Finding]] = field(default_factory=dict)
    _of_wards: int = 0
    _left_out: list[str] = field(default_factory=list)

    def add_file(self, file: Path) -> None:
        """Notes that a file is being read; its findings come after those of earlier files."""
        self._files.setdefault(file, len(self._files))

    def fault(self, file: Path, line: int, message: str) -> None:
        """Adds something that cannot be right. Nothing will be counted."""
        self._faults.append(Finding(file, line, printable(message)))

    def warn(self, file: Path, line: int, message: str, *, once: str = "") -> None:
        """Adds something that is odd but possible, and is counted nevertheless.

        Warnings of one file with the same `once` are listed as one, with their number.
        """
        warning = Finding(file, line, printable(message))
        if once:
            self._repeated.setdefault((file, once), []).append(warning)
        else:
            self._warnings.append(warning)

    def build(
        self, make: Callable[[], _Built], file: Path, line: int, *, of_ward: bool = False
    ) -> _Built | None:
        """Returns what `make` returns.

        If a schema refuses it, adds a fault for each reason and returns None; `of_ward` says that
        it is about one ward alone.
        """
        before = self.fault_count
        try:
            return make()
        except ValidationError as error:
            for refusal in refusals(error):
                self.fault(file, line, str(refusal))
            if of_ward:
                self.of_ward(before)
            return None

    def of_ward(self, since: int) -> None:
        """Notes that all faults after the first `since` are of one ward alone."""
        self._of_wards += len(self._faults) - since

    def leave_out(self, since: int, what: str) -> None:
        """Makes all faults after the first `since` warnings, as what they are about is left out."""
        for fault in self._faults[since:]:
            self._warnings.append(replace(fault, message=f"{what} is left out: {fault.message}"))
        del self._faults[since:]
        self._left_out.append(what)

    @property
    def fault_count(self) -> int:
        """The number of faults so far."""
        return len(self._faults)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What was left out, in the order in which it was."""
        return tuple(self._left_out)

    @property
    def faults(self) -> tuple[Finding, ...]:
        """The first FAULTS_SHOWN_MAX faults, then one more that counts the rest."""
        faults = self._in_order(self._faults)
        if len(faults) <= FAULTS_SHOWN_MAX:
            return faults
        last = faults[FAULTS_SHOWN_MAX]
        more = Finding(last.file, last.line, f"and {len(faults) - FAULTS_SHOWN_MAX} more faults")
        return (*faults[:FAULTS_SHOWN_MAX], more)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """All warnings."""
        grouped = [
            Finding(
                same[0].file, same[0].line, f"{same[0].message} ({len(same)} times in this file)"
            )
            if len(same) > 1
            else same[0]
            for same in self._repeated.values()
        ]
        return self._in_order([*self._warnings, *grouped])

    def raise_if_unusable(self) -> None:
        """Raises UnusableFilesError with every fault if there are any."""
        if self._faults:
            alone = self._of_wards == len(self._faults)
            raise UnusableFilesError(self.faults, of_wards_alone=alone)

    def _in_order(self, found: list[Finding]) -> tuple[Finding, ...]:
        last = len(self._files)
        return tuple(sorted(found, key=lambda each: (self._files.get(each.file, last), each.line)))
