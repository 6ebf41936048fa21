"""The commands `livecount feed …`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.platform.exit_status import ExitStatus

if TYPE_CHECKING:
    from readers.said import SaidReader
    from services.platform.settings import Settings

Night = Annotated[
    Path, typer.Option("--night", help="The folder of the night's files, as `prepare` writes it.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    feed = typer.Typer(
        help="Reads what others publish, and posts it to intake.", no_args_is_help=True
    )
    feed.command("folder")(folder)
    feed.command("democracy-club")(democracy_club)
    feed.command("moderngov")(modern_gov)
    feed.command("pa")(press_association)
    app.add_typer(feed, name="feed")


def folder(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of files.")],
    night: Night,
) -> None:
    """Posts the results in the files of a folder, as they appear and change, until it is stopped.

    Each CSV, JSON and XML file is recognised by its content. What cannot be read or matched with
    the night is logged, named in health, and left out; the rest is posted.
    """
    from readers.said_files import read_said
    from services.feeds.folder import Folder
    from services.feeds.running import FOLDER_EVERY_S, run

    def feed(reader: SaidReader, settings: Settings) -> None:
        source = Folder(directory, lambda file, findings: read_said(file, reader, findings))
        run(source, reader, settings, FOLDER_EVERY_S)

    _feed("folder", night, feed)


def democracy_club(night: Night) -> None:
    """Posts the results of Democracy Club's ballots, as they appear and change, until stopped.

    Asks the address LIVECOUNT_SOURCE_DEMOCRACY_CLUB for the ballots of the night's day.
    """
    from services.feeds.democracy_club import DemocracyClub
    from services.feeds.running import asking, run

    def feed(reader: SaidReader, settings: Settings) -> None:
        day = min(council.poll for council in reader.places.councils.all)
        address = settings.source_democracy_club.replace("{date}", day.isoformat())
        with asking(settings) as asked:
            run(DemocracyClub(address, asked, reader), reader, settings, settings.feed_every_s)

    _feed("democracy-club", night, feed)


def modern_gov(
    night: Night,
    councils: Annotated[
        Path | None,
        typer.Option(help="The file of councils and addresses; else moderngov.csv of the night."),
    ] = None,
) -> None:
    """Posts the results that councils serve as ModernGov's GetElectionResults, until stopped.

    Asks every address of the file, one after the other; one that fails is asked less often.
    """
    from readers.addresses import NAME, read_addresses
    from readers.findings import Findings
    from services.feeds.modern_gov import ModernGov
    from services.feeds.running import asking, run

    def feed(reader: SaidReader, settings: Settings) -> None:
        findings = Findings()
        addresses = read_addresses(councils or night / NAME, reader.places.councils, findings)
        findings.raise_if_unusable()
        with asking(settings) as asked:
            run(ModernGov(addresses, asked, reader), reader, settings, settings.feed_every_s)

    _feed("moderngov", night, feed)


def press_association(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder into which PA's files come.")
    ],
    night: Night,
    ids: Annotated[
        Path | None, typer.Option(help="The table of PA's ids; else pa-ids.csv of the night.")
    ] = None,
) -> None:
    """Posts the Press Association's results of councils, as they come, until it is stopped.

    Reads results and rushes under PA's revisions, holds nominations against the night, and logs
    the state of parties, which is not counted. JSON and XML are read.
    """
    from readers.agency_ids import NAME, AgencyIds, read_agency_ids
    from readers.agency_said import AgencyReader
    from readers.findings import Findings
    from services.feeds.folder import Folder
    from services.feeds.press_association import PressAssociation
    from services.feeds.running import FOLDER_EVERY_S, run

    def feed(reader: SaidReader, settings: Settings) -> None:
        findings = Findings()
        file = ids or night / NAME
        has_table = ids is not None or file.is_file()
        known = (
            read_agency_ids(file, reader.places.councils, findings) if has_table else AgencyIds()
        )
        findings.raise_if_unusable()
        agency = PressAssociation(AgencyReader(reader, known))
        run(Folder(directory, agency.read), reader, settings, FOLDER_EVERY_S)

    _feed("pa", night, feed)


def _feed(name: str, night: Path, feed: Callable[[SaidReader, Settings], None]) -> None:
    from readers.findings import UnusableFilesError
    from services.feeds.running import ContactError, night_reader
    from services.platform.log import configure_log
    from services.platform.settings import load_settings

    settings = load_settings()
    configure_log(f"feed {name}", settings.log_level, settings.log_format)
    try:
        feed(night_reader(night, settings), settings)
    except (UnusableFilesError, ContactError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitStatus.UNUSABLE) from error
    except OSError as error:
        typer.echo(f"LIVECOUNT_METRICS_PORT: {error.strerror}", err=True)
        raise typer.Exit(ExitStatus.FAILED) from error
