"""The command `livecount prepare`."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from services.platform.exit_status import ExitStatus
from services.platform.night_options import Day, poll_of

if TYPE_CHECKING:
    from readers.findings import Findings
    from readers.public_sources.records import Sources
    from services.prepare.fetching import Fetched
    from services.prepare.tables import Tables

_COUNCILS_BETWEEN: Final = 20
"""Councils joined between two lines of progress: some ten lines for a whole night."""

_SHOWN_MAX: Final = 20
"""Things to do that are printed; `todo.csv` has all of them."""


OutFolder = Annotated[
    Path | None,
    typer.Option("--out", "--folder", help="The folder of the night; else one named like the day."),
]


def register(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command("prepare")(prepare)


def prepare(
    day: Day,
    folder: OutFolder = None,
    *,
    diff: Annotated[
        bool, typer.Option("--diff", help="Say what would be different, and write nothing.")
    ] = False,
    discard_edits: Annotated[
        bool, typer.Option(help="Write over files that were edited by hand.")
    ] = False,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Ask the public sources first for what has changed.")
    ] = False,
) -> None:
    """Joins public sources into the files of a night, and says what is different and still to do.

    Reads the files in `sources` of the folder, each recognised by its content, and a
    `corrections.csv` and `parties.csv` of the newsroom, which win; a faulty row of its
    `previous.csv` is listed in todo.csv. Writes councils.csv, standing.csv, results.csv, night.toml
    and todo.csv. Run it again whenever a source has changed. With --fetch the sources that have an
    address in the settings are asked first; what they say goes into the same folder. Exit status 3
    if something was left out, as todo.csv says, or could not be fetched; 2 if a source cannot be
    read, or if files were edited by hand.
    """
    from readers.findings import UnusableFilesError
    from services.prepare.folder import EditedError

    poll = poll_of(day)
    folder = folder or Path(day)
    try:
        failures = _fetch(poll, folder) if fetch else []
        left_out = _prepare(poll, folder, failures, diff=diff, discard_edits=discard_edits)
    except (UnusableFilesError, EditedError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    except OSError as error:
        what = f"{error.filename2 or error.filename}: cannot be written: {error.strerror}"
        typer.echo(f"{what}; mend that and run again", err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
    if left_out or failures:
        raise typer.Exit(ExitStatus.LEFT_OUT)


def _fetch(poll: date, folder: Path) -> list[str]:
    """Returns what could not be fetched, and why. Raises OSError, and Exit without a contact."""
    from services.platform.polite import PoliteClient
    from services.platform.settings import load_settings
    from services.prepare.fetching import fetch, wanted
    from services.prepare.folder import SOURCES

    settings = load_settings()
    if not settings.fetch_contact:
        what = "LIVECOUNT_FETCH_CONTACT: not set; say who asks, such as desk@newsroom.example"
        typer.echo(what, err=True)
        raise typer.Exit(ExitStatus.UNUSABLE)
    with PoliteClient(f"livecount ({settings.fetch_contact})") as client:
        found = fetch(wanted(settings, poll), folder / SOURCES, client, progress=_tell_of_source)
    return [f"{each.name}: {each.failure}" for each in found if each.failure]


def _tell_of_source(fetched: Fetched) -> None:
    from services.audit.printing import print_line

    if fetched.failure:
        print_line(f"not fetched: {fetched.name}: {fetched.failure}", err=True)
    else:
        print_line(f"fetched {fetched.name}: {fetched.new} of {fetched.files} files new", err=True)


def _prepare(
    poll: date, folder: Path, failures: list[str], *, diff: bool, discard_edits: bool
) -> bool:
    """Returns whether anything had to be left out of the files.

    Raises UnusableFilesError and EditedError, before anything is written.
    """
    from readers.findings import Findings
    from readers.parties_file import beside, read_register
    from readers.previous import previous_beside
    from readers.public_sources.reading import read_sources
    from services.audit.printing import print_lines
    from services.prepare import corrections as own
    from services.prepare import folder as files
    from services.prepare.difference import differences, shown, todo_differences
    from services.prepare.preparing import prepare as joined
    from services.prepare.preparing import with_more

    findings = Findings()
    parties = beside(folder / "councils.csv")
    known = read_register(parties, findings)
    corrections = own.read_corrections(folder / own.NAME, findings)
    if not diff and not discard_edits:
        files.check_not_edited(folder, known)
    sources = read_sources(files.source_files(folder), poll, findings, progress=_tell_of_file)
    findings.raise_if_unusable()
    night = joined(sources, poll, known, corrections, progress=_tell_of_council)
    corrections.warn_of_unused()
    _tell_of(findings)
    previous = previous_beside(folder / "councils.csv")
    night = with_more(night, files.faults_of(night.texts(), parties, previous), failures)
    before, todo_before = files.read_before(folder, discard_edits=discard_edits)
    if before is not None:
        changes = differences(before, shown(night), known) or ("nothing is different",)
        for line in (*changes, *todo_differences(todo_before, night.todo)):
            print_lines(line)
    if not diff:
        files.publish(folder, night.texts())
        _tell_what_is_there(night, folder, is_new=before is None)
    return any(each.reason in {"left out", "fault"} for each in night.todo)


def _tell_of(findings: Findings) -> None:
    for warning in findings.warnings:
        typer.echo(f"{warning.file}:{warning.line}: warning: {warning.message}", err=True)


def _tell_of_file(file: Path, sources: Sources) -> None:
    known = sum(len(getattr(sources, name)) for name in sources.__slots__ if name != "pages")
    typer.echo(f"read {file.name}: {known} records so far", err=True)


def _tell_of_council(done: int, of: int) -> None:
    if done % _COUNCILS_BETWEEN == 0 or done == of:
        sys.stderr.write(f"joined {done} of {of} councils\n")


def _tell_what_is_there(night: Tables, folder: Path, *, is_new: bool) -> None:
    from election.text.phrases import counted
    from services.audit.printing import print_lines

    ballots = {row["ballot_paper_id"] for row in night.results}
    candidates = sum(bool(row.get("candidate")) for row in night.results)
    if is_new:
        for each in night.todo[:_SHOWN_MAX]:
            print_lines(f"to do: {each.council or 'all'}: {each.reason}: {each.what}")
        if len(night.todo) > _SHOWN_MAX:
            typer.echo(f"and {len(night.todo) - _SHOWN_MAX} more, in {folder / 'todo.csv'}")
    councils, to_do = counted(len(night.councils), "council"), counted(len(night.todo), "thing")
    people = f"{counted(len(ballots), 'ballot')} and {counted(candidates, 'candidate')}"
    typer.echo(f"{councils}, {people} in {folder}; {to_do} to do in {folder / 'todo.csv'}")
