"""Options of the commands that read the files of a night."""

from __future__ import annotations

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
