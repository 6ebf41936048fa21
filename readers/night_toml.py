"""`night.toml`: what is known of a past night of `nights/` besides its CSV files."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.base import Control, Gss, Name, Timestamp
from schemas.council import (
    ControlSpell,
    CouncilOpened,
    Nominee,
    OpenedWard,
    Year,
    check_notables,
)
from schemas.ids import ballot_paper_id
from schemas.ward import WardStatus


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Source(_Part):
    """A source of figures, and its licence."""

    id: Name
    title: Name
    licence: Name


class Countermanded(_Part):
    """A ward that polled later because its poll was called off when a candidate died."""

    council_gss: Gss
    ward: Name
    polled: date


class Spell(_Part):
    """A period in which control of a council did not change."""

    council_gss: Gss
    control: Control
    party: Name = ""
    since: Year
    until: Year | None = None


class Expected(_Part):
    """When a council was expected to declare, according to a source before the night."""

    council_gss: Gss
    at: Timestamp
    source: Name


class Notable(_Part):
    """A candidate whose defeat would be news, and the office that makes it so."""

    council_gss: Gss
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
    sources: tuple[Source, ...]
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


def with_details(opened: CouncilOpened, toml: NightToml) -> CouncilOpened:
    """Returns an opening with the history, expected time and notable candidates added.

    Raises ValueError if there are more notable candidates than a council may have.
    """
    spells = tuple(
        ControlSpell(control=spell.control, party=spell.party, since=spell.since, until=spell.until)
        for spell in toml.control_history
        if spell.council_gss == opened.council_gss
    )
    offices = {
        (notable.ward, notable.candidate): notable.office
        for notable in toml.notable
        if notable.council_gss == opened.council_gss
    }
    expected = {each.council_gss: each.at for each in toml.expected}.get(opened.council_gss)
    wards = tuple(_with_ward_details(ward, offices, expected) for ward in opened.wards)
    check_notables(wards)
    return opened.model_copy(
        update={
            "control_history": spells,
            "last_election_notional": opened.council_gss in toml.notional,
            "wards": wards,
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
        if each.council_gss == opened.council_gss
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
        ward.model_copy(update={"replaces": first.get(ward.ballot_paper_id)})
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
