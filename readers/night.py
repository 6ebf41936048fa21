"""A night: the files of one election as events, in the order in which they arrived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from readers.ballot import Ballot, ballot_ids
from readers.council_results import read_council_results
from readers.councils import read_councils
from readers.declarations import declarations, statuses
from readers.events import read_events
from readers.findings import Finding, Findings
from readers.night_toml import split_countermanded, read_night_toml, with_details
from readers.opening import opening
from readers.results import read_results
from readers.standing import read_standing
from schemas.base import Mode
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.ward import WardDeclared, WardStatus

# Past nights stand beside the packages; a checkout has them, an installed wheel does not.
NIGHTS = Path(__file__).parents[1] / "nights"

Declaration = CouncilOpened | WardDeclared | WardStatus | CouncilDeclared


@dataclass(frozen=True, slots=True)
class Night:
    """The events of a night.

    Attributes:
        openings: `council.opened` of each council, in the order of `councils.csv`.
        on_the_night: What arrived until the count was over, in order of arrival.
        later: What polls held later brought, in order of arrival.
        warnings: What was odd in the files, and counted all the same.
    """

    openings: tuple[CouncilOpened, ...]
    on_the_night: tuple[Declaration, ...]
    later: tuple[Declaration, ...]
    warnings: tuple[Finding, ...]

    @property
    def declarations(self) -> tuple[Declaration, ...]:
        """Everything after the openings, in order of arrival."""
        return self.on_the_night + self.later


def read_night(  # noqa: PLR0913 - one argument a file
    councils: Path,
    standing: Path,
    results: Path,
    events: Path | None = None,
    *,
    council_results: Path | None = None,
    mode: Mode,
) -> Night:
    """Returns the night that files tell.

    With an event file the results supply wards, seats and nominations alone, and the events
    come in the order of its lines. Without one, wards declare in order of `declared_at`,
    those without it afterwards in the order of the file, polls held later last; `seq` is
    then null. Councils declared as a whole come after the wards of the night. Raises
    UnusableFilesError with all faults of all files.
    """
    findings = Findings()
    known = read_councils(councils, findings)
    standings = read_standing(standing, known, findings)
    ballots = read_results(results, known, findings, nominations_only=events is not None)
    identifiers = ballot_ids(ballots)
    of_council: dict[str, list[Ballot]] = {}
    for ballot in ballots:
        of_council.setdefault(ballot.council.council, []).append(ballot)
    openings = [
        opening(
            council,
            standings.get(council.council, ()),
            tuple(of_council.get(council.council, ())),
            identifiers,
            findings,
            mode=mode,
        )
        for council in known.all
    ]
    known_before = statuses(ballots, identifiers, mode=mode)
    on_the_night: tuple[Declaration, ...]
    later: tuple[Declaration, ...] = ()
    if events is None:
        on_the_night, later = declarations(ballots, identifiers, findings, mode=mode)
    else:
        on_the_night = read_events(events, known, ballots, identifiers, findings, mode=mode)
    on_the_night = (*known_before, *on_the_night)
    if council_results is not None:
        whole = read_council_results(council_results, known, findings, mode=mode)
        on_the_night = (*on_the_night, *whole)
        openings = [_unlisted(each, whole) for each in openings]
    findings.raise_if_unusable()
    return Night(tuple(filter(None, openings)), on_the_night, later, findings.warnings)


def _unlisted(
    opened: CouncilOpened | None, whole: Iterable[CouncilDeclared]
) -> CouncilOpened | None:
    """Returns an opening that says so where its council is declared without any wards."""
    if opened is None or opened.wards or opened.council not in {each.council for each in whole}:
        return opened
    return opened.model_copy(update={"wards_unlisted": True})


def load_night(name: str) -> Night:
    """Returns a past night that the project ships, such as `barnet-2014`, as a rehearsal.

    Beside its files it has the facts of its `night.toml`: control history, notable candidates,
    and countermanded ballots, which are polled in `later` after their council has opened
    again. Raises ValueError for a name that is not among `nights()`.
    """
    if name not in nights():
        raise ValueError(f"{name!r} is none of the nights {', '.join(nights())}")
    directory = NIGHTS / name
    facts = read_night_toml(directory / "night.toml")
    files = (directory / "councils.csv", directory / "standing.csv", directory / "results.csv")
    night = read_night(
        *files,
        _where_it_exists(directory / "events.jsonl"),
        council_results=_where_it_exists(directory / "council_results.csv"),
        mode="rehearsal",
    )
    told = [split_countermanded(with_details(opened, facts), facts) for opened in night.openings]
    return Night(
        openings=tuple(opened for opened, _, _ in told),
        on_the_night=(
            *(notice for _, notices, _ in told for notice in notices),
            *night.on_the_night,
        ),
        later=(*(again for _, _, again in told if again), *night.later),
        warnings=night.warnings,
    )


def nights() -> tuple[str, ...]:
    """Returns the names of the past nights there are, sorted."""
    return tuple(sorted(path.parent.name for path in NIGHTS.glob("*/night.toml")))


def _where_it_exists(file: Path) -> Path | None:
    return file if file.exists() else None
