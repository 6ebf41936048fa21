"""The options that several commands of keys have."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class TrustChoice(StrEnum):
    """How far the word of a source counts by itself."""

    final = "final"
    single = "single"
    second = "second"


KeysFile = Annotated[
    Path | None, typer.Option("--keys", help="The file of keys; else LIVECOUNT_KEYS_FILE.")
]
KeyId = Annotated[str, typer.Argument(help="The id of the source, such as agency.")]
By = Annotated[str, typer.Option(help="Who does this; else the user and the machine.")]
