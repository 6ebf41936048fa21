"""A night: the files of one election read as events, in order of arrival."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from readers.ballot import Ballot, BallotIds, ballot_ids
from readers.council_parties import CouncilParties, council_parties
from readers.council_results import read_council_results
from readers.councils import Councils, read_councils
from readers.declarations import declarations, statuses
from readers.events import EventPlaces, read_events
from readers.findings import Finding, Findings
from readers.night_toml import (
    NAME,
    night_toml_beside,
    read_night_toml,
    split_countermanded,
    with_details,
)
from readers.opening import opening
from readers.parties_file import beside, read_register
from readers.party_checks import check_parties
from readers.party_register import PartyRegister
from readers.previous import PreviousRow, previous_beside, read_previous, with_previous
from readers.results import read_results
from readers.source_titles import with_titles
from readers.standing import StandingRow, added_up, read_standing
from schemas.base import Mode
from schemas.council import CouncilOpened
from schemas.events import Event

NIGHTS = Path(__file__).parents[1] / "nights"
"""The folder of past nights. A checkout and a wheel have it; livecount's image does not."""


NIGHT_FILES: Final = ("councils.csv", "standing.csv", "results.csv")
"""The three tables of a night, as they are called in its folder."""


class UnknownNightError(ValueError):
    """A past night that is not there; the message says which are."""


@dataclass(frozen=True, slots=True)
class Night:
    """The events of a night.

    Attributes:
        openings: `council.opened` of each council, in the order of `councils.csv`.
        on_the_night: The events of the night itself, in order of arrival.
        later: The events of polls held later, in order of arrival.
        warnings: What is odd in the files, but was counted nevertheless.
        left_out: The wards and messages that were left out for a fault, as was asked for.
    """

    openings: tuple[CouncilOpened, ...]
    on_the_night: tuple[Event, ...]
    later: tuple[Event, ...]
    warnings: tuple[Finding, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def declarations(self) -> tuple[Event, ...]:
        """Everything after the openings, in order of arrival."""
        return self.on_the_night + self.later


def read_night(  # noqa: PLR0913 - one argument a file
    councils: Path,
    standing: Path,
    results: Path,
    events: Path | None = None,
    *,
    council_results: Path | None = None,
    parties: Path | None = None,
    leave_out_faulty_wards: bool = False,
    mode: Mode,
) -> Night:
    """Returns the night that is in the files.

    With an event file `results` supplies only wards, seats and nominations, and the events come in
    the order of the file's lines. Without one, wards declare in order of `declared_at`, then those
    without it in the order of the file, then polls held later; `seq` is then null. The results of
    `council_results` come after the wards of the night. `parties` is what the newsroom calls the
    parties; without it, a `parties.csv` beside `councils` is taken. A `night.toml` beside it adds
    control history, expected times, notable candidates and titles of sources, a `previous.csv` how
    seats were last fought. With `leave_out_faulty_wards` a ward with a fault has no result, and its
    faults are warnings. Raises UnusableFilesError with all faults of all files.
    """
    findings = Findings()
    register = read_register(parties or beside(councils), findings)
    known = read_councils(councils, findings, register)
    standings = read_standing(standing, known, findings, register)
    leave_out = leave_out_faulty_wards
    ballots = read_results(
        results, known, findings, register, nominations_only=events is not None, leave_out=leave_out
    )
    who = _parties(known, standings, ballots, register)
    ballots = tuple(who[ballot.council.council].of_ballot(ballot) for ballot in ballots)
    identifiers = ballot_ids(ballots)
    openings = _openings(known, standings, ballots, who, identifiers, findings, mode=mode)
    previous = read_previous(previous_beside(councils), known, findings, register)
    on_the_night: tuple[Event, ...]
    later: tuple[Event, ...] = ()
    if events is None:
        on_the_night, later = declarations(ballots, identifiers, findings, mode=mode)
    else:
        places = EventPlaces(known, ballots, identifiers, who)
        on_the_night = read_events(events, places, findings, mode=mode, leave_out=leave_out)
    on_the_night = (*statuses(ballots, identifiers, mode=mode), *on_the_night)
    if council_results is not None:
        of_councils = read_council_results(council_results, known, who, findings, mode=mode)
        on_the_night = (*on_the_night, *of_councils)
    opened = _with_previous(openings, previous, who)
    night = _with_toml(Night(opened, on_the_night, later), councils, findings)
    findings.raise_if_unusable()
    return replace(night, warnings=findings.warnings, left_out=findings.left_out)


def read_places(
    councils: Path, standing: Path, results: Path, parties: Path | None = None
) -> EventPlaces:
    """Returns the councils, ballots and parties of a night's files, to read what others say.

    `parties` is as for `read_night`. Raises UnusableFilesError with all faults of all files.
    """
    findings = Findings()
    register = read_register(parties or beside(councils), findings)
    known = read_councils(councils, findings, register)
    standings = read_standing(standing, known, findings, register)
    ballots = read_results(results, known, findings, register, nominations_only=True)
    who = _parties(known, standings, ballots, register)
    findings.raise_if_unusable()
    of_ballots = tuple(who[ballot.council.council].of_ballot(ballot) for ballot in ballots)
    return EventPlaces(known, of_ballots, ballot_ids(of_ballots), who)


def _with_previous(
    openings: tuple[CouncilOpened | None, ...],
    previous: dict[str, tuple[PreviousRow, ...]],
    who: dict[str, CouncilParties],
) -> tuple[CouncilOpened, ...]:
    """Returns the openings without those that have a fault, with how seats were last fought."""
    return tuple(
        with_previous(each, previous.get(each.council, ()), who[each.council])
        for each in openings
        if each is not None
    )


def _with_toml(night: Night, councils: Path, findings: Findings) -> Night:
    """Returns a night with what a `night.toml` says, or as it was without one or after a fault.

    Sources are named by their titles there.
    """
    toml = night_toml_beside(councils, findings)
    if toml is None:
        return night
    try:
        openings = tuple(with_details(each, toml) for each in night.openings)
    except ValueError as error:
        findings.fault(councils.parent / NAME, 1, str(error))
        return night
    return replace(
        night,
        openings=openings,
        on_the_night=with_titles(night.on_the_night, toml),
        later=with_titles(night.later, toml),
    )


def _parties(
    councils: Councils,
    standings: dict[str, tuple[StandingRow, ...]],
    ballots: tuple[Ballot, ...],
    register: PartyRegister,
) -> dict[str, CouncilParties]:
    of_council = _by_council(ballots)
    return {
        each.council: council_parties(
            each, standings.get(each.council, ()), of_council.get(each.council, ()), register
        )
        for each in councils.all
    }


def _by_council(ballots: tuple[Ballot, ...]) -> dict[str, tuple[Ballot, ...]]:
    found: dict[str, list[Ballot]] = {}
    for ballot in ballots:
        found.setdefault(ballot.council.council, []).append(ballot)
    return {council: tuple(of_one) for council, of_one in found.items()}


def _openings(  # noqa: PLR0913, PLR0917 - the parts of each event
    councils: Councils,
    standings: dict[str, tuple[StandingRow, ...]],
    ballots: tuple[Ballot, ...],
    who: dict[str, CouncilParties],
    identifiers: BallotIds,
    findings: Findings,
    *,
    mode: Mode,
) -> tuple[CouncilOpened | None, ...]:
    """Returns the opening of each council, or None after adding a fault."""
    of_council = _by_council(ballots)
    found = []
    for each in councils.all:
        parties, of_one = who[each.council], of_council.get(each.council, ())
        standing = parties.of_standing(standings.get(each.council, ()))
        check_parties(each, standing, of_one, parties)
        control = parties.of_control(each.control_before)
        parts = (each, added_up(standing), of_one, identifiers, findings)
        found.append(opening(*parts, control_before=control, mode=mode))
    return tuple(found)


def load_night(name: str) -> Night:
    """Returns a past night that the project ships, such as `barnet-2014`, as a rehearsal.

    Countermanded ballots of its `night.toml` are on the night, and their councils open again in
    `later` before the new poll. Raises UnknownNightError for a name that is not among `nights()`.
    """
    known = nights()
    if not known:
        raise UnknownNightError(
            f"{name!r}: livecount's image has no past nights;"
            " livecount rehearse takes files of your own"
        )
    if name not in known:
        raise UnknownNightError(f"{name!r} is none of the nights {', '.join(known)}")
    directory = NIGHTS / name
    councils, standing, results = (directory / name for name in NIGHT_FILES)
    toml = read_night_toml(directory / NAME)
    night = read_night(
        councils,
        standing,
        results,
        _if_exists(directory / "events.jsonl"),
        council_results=_if_exists(directory / "council_results.csv"),
        mode="rehearsal",
    )
    opened = [split_countermanded(each, toml) for each in night.openings]
    return replace(
        night,
        openings=tuple(first for first, _, _ in opened),
        on_the_night=(
            *(status for _, statuses_of_one, _ in opened for status in statuses_of_one),
            *night.on_the_night,
        ),
        later=(*(again for _, _, again in opened if again), *night.later),
    )


def nights() -> tuple[str, ...]:
    """Returns the names of all past nights, sorted."""
    return tuple(sorted(path.parent.name for path in NIGHTS.glob("*/night.toml")))


def _if_exists(file: Path) -> Path | None:
    return file if file.exists() else None
