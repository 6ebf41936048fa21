"""What `night.toml` adds to the files of a past night that the project ships."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.base import Control, Gss, Name, Timestamp
from schemas.council import ControlSpell, CouncilOpened, Nominee, OpenedWard, Year
from schemas.ids import ballot_paper_id
from schemas.ward import WardStatus


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Source(_Part):
    """Where figures come from, and on what terms."""

    id: Name
    title: Name
    licence: Name


class Countermanded(_Part):
    """A ward whose first poll was called off, as a candidate had died, and that polled later."""

    council_gss: Gss
    ward: Name
    polled: date


class Spell(_Part):
    """A time for which a council was under one control."""

    council_gss: Gss
    control: Control
    party: Name = ""
    since: Year
    until: Year | None = None


class Expected(_Part):
    """When a council was expected to have declared, as somebody said before the night."""

    council_gss: Gss
    at: Timestamp
    source: Name


class Notable(_Part):
    """A candidate whose defeat is news, and why."""

    council_gss: Gss
    ward: Name
    candidate: Name
    office: Name


class Published(_Part):
    """Control of a council after the night as somebody else reported it.

    `difference` says, with its source, why the count here comes out otherwise.
    """

    council_gss: Gss
    control: Control
    source: Name
    difference: Annotated[str, Field(max_length=1_000)] = ""


class NightToml(_Part):
    """The contents of a `night.toml`."""

    title: Name
    election_date: date
    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()
    notional: tuple[Gss, ...] = ()
    countermanded: tuple[Countermanded, ...] = ()
    control_history: tuple[Spell, ...] = ()
    expected: tuple[Expected, ...] = ()
    notable: tuple[Notable, ...] = ()
    published: tuple[Published, ...] = ()


def read_night_toml(file: Path) -> NightToml:
    """Returns what a `night.toml` says; raises ValueError where it is not of its form."""
    return NightToml.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))


def with_details(opened: CouncilOpened, facts: NightToml) -> CouncilOpened:
    """Returns the opening of a council with its history, expected time and notable candidates."""
    spells = tuple(
        ControlSpell(control=spell.control, party=spell.party, since=spell.since, until=spell.until)
        for spell in facts.control_history
        if spell.council_gss == opened.council_gss
    )
    offices = {
        (notable.ward, notable.candidate): notable.office
        for notable in facts.notable
        if notable.council_gss == opened.council_gss
    }
    expected = {each.council_gss: each.at for each in facts.expected}.get(opened.council_gss)
    return opened.model_copy(
        update={
            "control_history": spells,
            "last_election_notional": opened.council_gss in facts.notional,
            "wards": tuple(_with_ward_details(ward, offices, expected) for ward in opened.wards),
        }
    )


def _with_ward_details(
    ward: OpenedWard, offices: dict[tuple[str, str], str], expected: datetime | None
) -> OpenedWard:
    def with_office(nominee: Nominee) -> Nominee:
        office = offices.get((ward.ward, nominee.candidate), "")
        return replace(nominee, office=office)

    candidates = None if ward.candidates is None else tuple(map(with_office, ward.candidates))
    return ward.model_copy(update={"candidates": candidates, "expected_at": expected})


def split_countermanded(
    opened: CouncilOpened, facts: NightToml
) -> tuple[CouncilOpened, tuple[WardStatus, ...], CouncilOpened | None]:
    """Returns a council as it opened, its countermanded ballots, and how it opened again.

    On the night a countermanded ward had its first ballot id and nobody could be elected
    there; the replacement came afterwards, in a second revision of the opening.
    """
    again = {
        ballot_paper_id(opened.name, each.ward, each.polled): each
        for each in facts.countermanded
        if each.council_gss == opened.council_gss
    }
    first: dict[str, str] = {
        identifier: ballot_paper_id(opened.name, each.ward, facts.election_date)
        for identifier, each in again.items()
    }
    if not first:
        return opened, (), None
    on_the_day = tuple(
        ward.model_copy(update={"ballot_paper_id": first[ward.ballot_paper_id], "candidates": None})
        if ward.ballot_paper_id in first
        else ward
        for ward in opened.wards
    )
    replaced = tuple(
        ward.model_copy(update={"replaces": first.get(ward.ballot_paper_id)})
        for ward in opened.wards
    )
    notices = tuple(
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
        opened.model_copy(update={"wards": on_the_day}),
        notices,
        opened.model_copy(update={"wards": replaced, "revision": 2}),
    )
