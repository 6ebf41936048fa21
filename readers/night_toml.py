"""`night.toml`: what is known of a night besides its CSV files. It lies beside them."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from readers.council_names import council_words
from readers.findings import Findings
from readers.text_file import read_text
from schemas.base import Control, Gss, Name, Timestamp
from schemas.council import (
    ControlSpell,
    CouncilOpened,
    Nominee,
    OpenedWard,
    Year,
    check_notables,
)
from schemas.ids import ballot_paper_id, from_slug
from schemas.refusal import refusals
from schemas.ward import WardStatus

NAME: Final = "night.toml"
"""What the file is called where it lies beside the other files of a night."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class _OfCouncil(_Part):
    """A part about one council: named by its code, or by its name if it has no code yet."""

    council_gss: Gss = ""
    council: Name = ""

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if not self.council_gss and not council_words(self.council):
            raise ValueError("council_gss and council are both blank; give at least one of them")
        return self

    def is_of(self, opened: CouncilOpened) -> bool:
        """Returns whether it is about a council."""
        if self.council_gss and opened.council_gss:
            return self.council_gss == opened.council_gss
        return council_words(self.council) in {
            council_words(opened.name),
            council_words(from_slug(opened.council.split(".")[1])),
        } - {""}


class Source(_Part):
    """A source of figures, and its licence."""

    id: Name
    title: Name
    licence: Name


class Countermanded(_OfCouncil):
    """A ward that polled later because its poll was called off when a candidate died."""

    ward: Name
    polled: date


class Spell(_OfCouncil):
    """A period in which control of a council did not change."""

    control: Control
    party: Name = ""
    since: Year
    until: Year | None = None


class Expected(_OfCouncil):
    """When a council was expected to declare, according to a source before the night."""

    at: Timestamp
    source: Name


class Notable(_OfCouncil):
    """A candidate whose defeat would be news, and the office that makes it so."""

    ward: Name
    candidate: Name
    office: Name


class Published(_Part):
    """Control of a council after the night as a source published it.

    If livecount computes another result, `difference` says why, with its source.
    """

    council_gss: Gss
    control: Control
    source: Name
    difference: Annotated[str, Field(max_length=1_000)] = ""


class NightToml(_Part):
    """The contents of a `night.toml`."""

    title: Name
    election_date: date
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    notional: tuple[Gss, ...] = ()
    countermanded: tuple[Countermanded, ...] = ()
    control_history: tuple[Spell, ...] = ()
    expected: tuple[Expected, ...] = ()
    notable: tuple[Notable, ...] = ()
    published: tuple[Published, ...] = ()


def read_night_toml(file: Path) -> NightToml:
    """Returns the contents of a `night.toml`; raises ValueError if they are not valid."""
    return NightToml.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))


def night_toml_beside(councils: Path, findings: Findings) -> NightToml | None:
    """Returns the `night.toml` beside a night's `councils.csv`, or None if there is none.

    Also None after adding a fault if it cannot be read.
    """
    file = councils.parent / NAME
    if not file.is_file():
        return None
    text = read_text(file, findings)
    if text is None:
        return None
    try:
        return NightToml.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        findings.fault(file, 1, f"not TOML: {error}; correct it there")
    except RecursionError:
        findings.fault(file, 1, "not TOML: nested too deeply; correct it there")
    except ValidationError as error:
        for refusal in refusals(error):
            findings.fault(file, 1, str(refusal))
    return None


def with_details(opened: CouncilOpened, toml: NightToml) -> CouncilOpened:
    """Returns an opening with the history, expected time and notable candidates added.

    What the CSV files say of times and offices stands where this file says nothing. Raises
    ValueError if there are more notable candidates than a council may have.
    """
    spells = tuple(
        ControlSpell(control=spell.control, party=spell.party, since=spell.since, until=spell.until)
        for spell in toml.control_history
        if spell.is_of(opened)
    )
    offices = {
        (notable.ward, notable.candidate): notable.office
        for notable in toml.notable
        if notable.is_of(opened)
    }
    expected = next((each.at for each in toml.expected if each.is_of(opened)), None)
    is_notional = bool(opened.council_gss) and opened.council_gss in toml.notional
    wards = tuple(_with_ward_details(ward, offices, expected) for ward in opened.wards)
    check_notables(wards)
    return opened.model_copy(
        update={
            "control_history": spells,
            "last_election_notional": opened.last_election_notional or is_notional,
            "wards": wards,
        }
    )


def _with_ward_details(
    ward: OpenedWard, offices: dict[tuple[str, str], str], expected: datetime | None
) -> OpenedWard:
    def with_office(nominee: Nominee) -> Nominee:
        office = offices.get((ward.ward, nominee.candidate), nominee.office)
        return replace(nominee, office=office)

    candidates = None if ward.candidates is None else tuple(map(with_office, ward.candidates))
    return ward.model_copy(
        update={"candidates": candidates, "expected_at": expected or ward.expected_at}
    )


def split_countermanded(
    opened: CouncilOpened, toml: NightToml
) -> tuple[CouncilOpened, tuple[WardStatus, ...], CouncilOpened | None]:
    """Returns the opening, the statuses of its countermanded ballots, and the second opening.

    On the night a countermanded ward has the id of its first ballot, which elects nobody. The
    second opening, a higher revision, replaces that ballot with the one polled later. Without
    countermanded wards there are no statuses and no second opening.
    """
    polled_later = {
        ballot_paper_id(opened.name, each.ward, each.polled): each
        for each in toml.countermanded
        if each.is_of(opened)
    }
    first: dict[str, str] = {
        identifier: ballot_paper_id(opened.name, each.ward, toml.election_date)
        for identifier, each in polled_later.items()
    }
    if not first:
        return opened, (), None
    first_wards = tuple(
        ward.model_copy(update={"ballot_paper_id": first[ward.ballot_paper_id], "candidates": None})
        if ward.ballot_paper_id in first
        else ward
        for ward in opened.wards
    )
    later_wards = tuple(
        ward.model_copy(update={"replaces": first.get(ward.ballot_paper_id, ward.replaces)})
        for ward in opened.wards
    )
    statuses = tuple(
        WardStatus(
            council=opened.council,
            ballot_paper_id=identifier,
            mode=opened.mode,
            revision=1,
            status="countermanded",
            source=opened.source,
        )
        for identifier in first.values()
    )
    return (
        opened.model_copy(update={"wards": first_wards}),
        statuses,
        opened.model_copy(update={"wards": later_wards, "revision": 2}),
    )
