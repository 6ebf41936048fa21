"""A night: the files of one election read as events, in order of arrival."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from readers.ballot import Ballot, ballot_ids
from readers.council_results import read_council_results
from readers.councils import read_councils
from readers.declarations import declarations, statuses
from readers.events import read_events
from readers.findings import Finding, Findings
from readers.night_toml import read_night_toml, split_countermanded, with_details
from readers.opening import opening
from readers.results import read_results
from readers.standing import read_standing
from schemas.base import Mode
from schemas.council import CouncilOpened
from schemas.events import Event

NIGHTS = Path(__file__).parents[1] / "nights"
"""The folder of past nights. A checkout has it; an installed wheel does not."""


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
    """

    openings: tuple[CouncilOpened, ...]
    on_the_night: tuple[Event, ...]
    later: tuple[Event, ...]
    warnings: tuple[Finding, ...]

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
    mode: Mode,
) -> Night:
    """Returns the night that is in the files.

    With an event file `results` supplies only wards, seats and nominations, and the events come
    in the order of the file's lines. Without one, wards declare in order of `declared_at`, then
    those without it in the order of the file, then polls held later; `seq` is then null. The
    results of `council_results` come after the wards of the night. Raises UnusableFilesError
    with all faults of all files.
    """
    findings = Findings()
    known = read_councils(councils, findings)
    standings = read_standing(standing, known, findings)
    ballots = read_results(results, known, findings, nominations_only=events is not None)
    identifiers = ballot_ids(ballots)
    by_council: dict[str, list[Ballot]] = {}
    for ballot in ballots:
        by_council.setdefault(ballot.council.council, []).append(ballot)
    openings = [
        opening(
            council,
            standings.get(council.council, ()),
            tuple(by_council.get(council.council, ())),
            identifiers,
            findings,
            mode=mode,
        )
        for council in known.all
    ]
    on_the_night: tuple[Event, ...]
    later: tuple[Event, ...] = ()
    if events is None:
        on_the_night, later = declarations(ballots, identifiers, findings, mode=mode)
    else:
        on_the_night = read_events(events, known, ballots, identifiers, findings, mode=mode)
    on_the_night = (*statuses(ballots, identifiers, mode=mode), *on_the_night)
    if council_results is not None:
        results_of_councils = read_council_results(council_results, known, findings, mode=mode)
        on_the_night = (*on_the_night, *results_of_councils)
        with_results = {each.council for each in results_of_councils}
        openings = [_mark_unlisted_wards(each, with_results) for each in openings]
    findings.raise_if_unusable()
    return Night(tuple(filter(None, openings)), on_the_night, later, findings.warnings)


def _mark_unlisted_wards(
    opened: CouncilOpened | None, with_results: set[str]
) -> CouncilOpened | None:
    """Returns an opening with `wards_unlisted` set if its council has a result but no wards."""
    if opened is None or opened.wards or opened.council not in with_results:
        return opened
    return opened.model_copy(update={"wards_unlisted": True})


def load_night(name: str) -> Night:
    """Returns a past night that the project ships, such as `barnet-2014`, as a rehearsal.

    Adds what its `night.toml` says: control history, notable candidates, and countermanded
    ballots, whose councils open again in `later` before the new poll. Raises UnknownNightError
    for a name that is not among `nights()`.
    """
    known = nights()
    if not known:
        raise UnknownNightError(
            f"{name!r}: past nights are in a checkout of livecount, and not where it was installed;"
            " livecount rehearse takes files of your own"
        )
    if name not in known:
        raise UnknownNightError(f"{name!r} is none of the nights {', '.join(known)}")
    directory = NIGHTS / name
    toml = read_night_toml(directory / "night.toml")
    files = (directory / "councils.csv", directory / "standing.csv", directory / "results.csv")
    night = read_night(
        *files,
        _if_exists(directory / "events.jsonl"),
        council_results=_if_exists(directory / "council_results.csv"),
        mode="rehearsal",
    )
    opened = [split_countermanded(with_details(each, toml), toml) for each in night.openings]
    return Night(
        openings=tuple(first for first, _, _ in opened),
        on_the_night=(
            *(status for _, statuses_of_one, _ in opened for status in statuses_of_one),
            *night.on_the_night,
        ),
        later=(*(again for _, _, again in opened if again), *night.later),
        warnings=night.warnings,
    )


def nights() -> tuple[str, ...]:
    """Returns the names of all past nights, sorted."""
    return tuple(sorted(path.parent.name for path in NIGHTS.glob("*/night.toml")))


def _if_exists(file: Path) -> Path | None:
    return file if file.exists() else None
