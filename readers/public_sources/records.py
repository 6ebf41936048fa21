"""Records: what public sources say before a poll, each with the place where it is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple

EVERY_ELECTION: Final = "EveryElection"
DEMOCRACY_CLUB: Final = "Democracy Club"
ROLL: Final = "Open Council Data's roll"
HISTORY: Final = "Open Council Data's history"
REGISTER: Final = "mySociety's register"
AGENCY: Final = "PA's nominations"
TIMES: Final = "PA's declaration times"

Cancellation = Literal["", "death", "no candidates", "equal", "under"]
"""Why a poll is cancelled: a candidate died, nobody stands, or no more stand than are seats."""


class Place(NamedTuple):
    """Where something is said: the source, and file and line."""

    source: str
    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.source} ({self.file.name}:{self.line})"


@dataclass(frozen=True, slots=True)
class Nominated:
    """A candidate as nominated. `person` is the source's id of the person; blank if it has none."""

    candidate: str
    party: str
    party_id: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class ListedBallot:
    """A ballot as one source has it. None is what the source does not say.

    `candidates` is None if the source does not list candidates; an empty tuple is a ballot for
    which it has none. `updated` is when the source last changed it, blank if it does not say.
    """

    at: Place
    ballot_paper_id: str
    ward: str = ""
    ward_gss: str = ""
    seats: int | None = None
    cancelled: bool = False
    cancellation: Cancellation = ""
    locked: bool | None = None
    candidates: tuple[Nominated, ...] | None = None
    replaces: str = ""
    replaced_by: str = ""
    updated: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class PolledCouncil:
    """A council that is polled, with the ids of its ballots, as EveryElection has it."""

    at: Place
    election_id: str
    code: str
    official_name: str
    common_name: str
    system: str
    ballots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Councillor:
    """A councillor of the roll. `next_election` is None where it is blank or no date."""

    at: Place
    council: str
    ward: str
    party: str
    party_id: str
    next_election: date | None


@dataclass(frozen=True, slots=True)
class Composition:
    """A council's seats in one year, and who had the majority. Labels are the file's columns."""

    at: Place
    council_id: str
    council: str
    year: int
    total: int | None
    seats: tuple[tuple[str, int], ...]
    majority: str


@dataclass(frozen=True, slots=True)
class RegisteredCouncil:
    """A council of the register of local authorities."""

    at: Place
    code: str
    official_name: str
    nice_name: str
    council_gss: str
    open_council_data_id: str
    replaced_by: str
    started: date | None
    ended: date | None
    other_names: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that it has."""
        return tuple(filter(None, (self.nice_name, self.official_name, *self.other_names)))


@dataclass(frozen=True, slots=True)
class AgencyParty:
    """A party in the agency's nominations of one council."""

    party: str
    held: int | None
    candidates: int | None


@dataclass(frozen=True, slots=True)
class AgencyNominations:
    """What the agency says of a council's nominations."""

    at: Place
    council: str
    revision: int
    proportion: str
    parties: tuple[AgencyParty, ...]


@dataclass(frozen=True, slots=True)
class DeclarationTime:
    """When a council is expected to declare."""

    at: Place
    council: str
    expected_at: datetime


class Page(NamedTuple):
    """A page of an answer: how many items are on it, and how many the answer has in all."""

    at: Place
    items: int
    of: int


@dataclass(slots=True)
class Sources:
    """Everything that the files of public sources say, in the order of the files."""

    polled: list[PolledCouncil] = field(default_factory=list)
    elections: list[ListedBallot] = field(default_factory=list)
    nominations: list[ListedBallot] = field(default_factory=list)
    councillors: list[Councillor] = field(default_factory=list)
    compositions: list[Composition] = field(default_factory=list)
    register: list[RegisteredCouncil] = field(default_factory=list)
    agency: list[AgencyNominations] = field(default_factory=list)
    times: list[DeclarationTime] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    def missing(self) -> tuple[tuple[Page, int], ...]:
        """Returns a page of each answer of which others are missing, and how many items are here.

        Pages of one answer say how many items it has, and may be in several files.
        """
        here: dict[str, int] = {}
        for page in self.pages:
            here[page.at.source] = here.get(page.at.source, 0) + page.items
        first = {page.at.source: page for page in reversed(self.pages)}
        return tuple(
            (page, here[source]) for source, page in first.items() if here[source] < page.of
        )
