"""Options of the commands that read the files of a night."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

PartiesFile = Annotated[
    Path | None,
    typer.Option(
        help="The newsroom's labels of parties, CSV; by default a parties.csv beside councils."
    ),
]

LeaveOutFaultyWards = Annotated[
    bool, typer.Option(help="Leave the result of a ward with a fault out; all others count.")
]

Day = Annotated[str, typer.Argument(metavar="DATE", help="The day of the poll, YYYY-MM-DD.")]

NightFolder = Annotated[
    Path | None, typer.Option(help="The folder of the night; by default one named like the day.")
]


def poll_of(day: str) -> date:
    """Returns the day of a poll. Raises typer.BadParameter if a text is no day."""
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise typer.BadParameter(f"{day!r} is no day; write it as 2027-05-06") from error
