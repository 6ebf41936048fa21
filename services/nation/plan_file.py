"""The file of the nation: which marks to tell, how often a digest, and which councils vote."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from election.nation.mark import Baseline, Count, Mark
from election.nation.place import WHOLE_NIGHT, Part
from election.nation.plan import ExpectedCouncil, NightPlan
from readers.councils import read_councils
from readers.findings import Findings
from readers.local_authorities import place
from readers.party_register import PartyRegister
from readers.text_file import read_text
from schemas.base import Name
from schemas.national import PartKind
from schemas.refusal import refusals
from services.nation.party import key_of_party

DIGEST_MINUTES_MAX: Final = 1_440
"""A day: whoever wants fewer digests wants none."""

_MARK: Final = re.compile(r"^\s*\[\[\s*mark\s*\]\]")


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class _Where(_Table):
    kind: PartKind
    name: Name


class _Mark(_Table):
    name: Name
    count: Count
    party: Name = ""
    baseline: Baseline = "eve_of_poll"
    at_least: int | None = None
    at_most: int | None = None
    below: int | None = None
    where: _Where | None = None

    def mark(self) -> Mark:
        """Returns the mark. Raises ValueError if it can never be told rightly."""
        where = WHOLE_NIGHT if self.where is None else Part(self.where.kind, self.where.name)
        return Mark(**{**dict(self), "party": key_of_party(self.party), "where": where})


class _Digest(_Table):
    minutes: Annotated[int, Field(ge=1, le=DIGEST_MINUTES_MAX)]


class _Night(_Table):
    councils: Path


class _File(_Table):
    mark: tuple[dict[str, Any], ...] | None = None
    digest: _Digest | None = None
    night: _Night | None = None


def read_plan(file: Path | None) -> NightPlan:
    """Returns the plan in a TOML file; without a file the one that every night has.

    `councils` is relative to the folder of the file. Raises
    `readers.findings.UnusableFilesError` with every fault, each with its file and line.
    """
    if file is None:
        return NightPlan(place_of=place)
    findings = Findings()
    findings.add_file(file)
    plan = _plan(file, findings)
    findings.raise_if_unusable()
    return plan


def _plan(file: Path, findings: Findings) -> NightPlan:
    text = read_text(file, findings)
    if text is None:
        return NightPlan()
    try:
        read = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        findings.fault(file, 1, f"not TOML: {error}; correct it there")
        return NightPlan()
    except RecursionError:
        findings.fault(file, 1, "not TOML: nested too deeply; correct it there")
        return NightPlan()
    except ValidationError as error:
        for refusal in refusals(error):
            findings.fault(file, 1, str(refusal))
        return NightPlan()
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _MARK.match(line)]
    marks = None if read.mark is None else _marks(file, lines, read.mark, findings)
    expected = _expected(file.parent / read.night.councils, findings) if read.night else ()
    try:
        return NightPlan(
            marks=marks,
            place_of=place,
            expected=expected,
            digest_minutes=read.digest.minutes if read.digest else None,
        )
    except ValueError as error:
        findings.fault(file, 1, str(error))
        return NightPlan()


def _marks(
    file: Path, lines: list[int], tables: tuple[dict[str, Any], ...], findings: Findings
) -> tuple[Mark, ...]:
    marks = []
    for number, table in enumerate(tables):
        # Of marks that are written as a list in one line nobody knows more than the file.
        line = lines[number] if number < len(lines) else 1
        try:
            marks.append(_Mark.model_validate(table).mark())
        except ValidationError as error:
            for refusal in refusals(error):
                findings.fault(file, line, f"mark {table.get('name', number + 1)!r}: {refusal}")
        except ValueError as error:
            findings.fault(file, line, str(error))
    return tuple(marks)


def _expected(councils: Path, findings: Findings) -> tuple[ExpectedCouncil, ...]:
    return tuple(
        ExpectedCouncil(each.council, each.shown_name, each.valid_gss, each.cycle)
        for each in read_councils(councils, findings, PartyRegister()).all
    )
