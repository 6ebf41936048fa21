"""The manifest of an archive: what it is of, and what every file in it has to be."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import Field, ValidationError, model_validator

from schemas.base import Model, Name
from services.archive.errors import ArchiveError

MANIFEST: Final = "manifest.json"
"""The file in an archive's folder that makes it one."""

FAULTS_SHOWN: Final = 10
"""Faults of an archive that are listed; a copy that went wrong has one for every file."""

ArchivedKind = Literal["declarations", "night", "alerts", "deliveries", "holds"]
"""The topics that are archived: what cannot be derived. That is what was said, in which
order councils were added up, which alerts were published when, who was sent which, and what the
desk held back. All else follows from declarations, but for the audit, which has addresses of people
and stays where it is."""

ARCHIVED_KINDS: Final[tuple[ArchivedKind, ...]] = get_args(ArchivedKind)

_LATER_KINDS: Final = frozenset({"night"})
"""What archives of earlier versions do not have."""

Count = Annotated[int, Field(ge=0)]


class ArchivedFile(Model):
    """What a file of the archive has to be."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: Count


class ArchivedTopic(Model):
    """A topic of the archive: where it ended, by partition, and how much of it is here."""

    ends: Annotated[tuple[Count, ...], Field(min_length=1)]
    records: Count


class Counts(Model):
    """What the log comes to."""

    declarations: Count
    not_counted: Count = Field(
        description="Declarations that were set aside when they came, parked and held ones among"
        " them."
    )
    broken: Count = Field(description="Those of them for which livecount itself failed.")
    councils: Count
    councils_complete: Count
    wards: Count
    wards_declared: Count
    alerts: Count


class Manifest(Model):
    """An archive. The same log gives the same manifest."""

    type: Literal["archive"] = "archive"
    format: Literal[1] = Field(default=1, description="The layout of the folder.")
    livecount: Name = Field(description="The version that wrote it.")
    schemas: Name = Field(description="The version of the events in the log.")
    namespace: Name
    election: Name | None = Field(description="The election that it is of; null for all.")
    log_id: Name = Field(
        description="The id that Kafka gave the topic of declarations; empty if it has no ids."
    )
    topics: dict[ArchivedKind, ArchivedTopic]
    counts: Counts
    left_out: tuple[str, ...] = Field(
        default=(), description="Pages that could not be made; the log has what they show."
    )
    files: dict[str, ArchivedFile] = Field(description="By path below the folder.")

    @model_validator(mode="after")
    def _has_every_topic(self) -> Self:
        for kind in ARCHIVED_KINDS:
            if kind in _LATER_KINDS - self.topics.keys():
                continue
            if kind not in self.topics or log_path(kind) not in self.files:
                raise ValueError(f"{log_path(kind)} is not among topics and files")
        return self


LOG_HEAD: Final = "log/head.json"
"""The head of the whole log at the end of what is archived, with the leaf of each message."""


def log_path(kind: ArchivedKind) -> str:
    """Returns where an archive has a topic, such as `log/declarations.jsonl`."""
    return f"log/{kind}.jsonl"


def files_of(folder: Path) -> dict[str, ArchivedFile]:
    """Returns what each file below a folder is, by its path in it, sorted. Raises OSError."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _described(path) for path in paths}


def read_manifest(folder: Path) -> Manifest:
    """Returns the manifest of an archive, unchecked. Raises ArchiveError."""
    file = folder / MANIFEST
    try:
        return Manifest.model_validate_json(file.read_bytes())
    except OSError as error:
        raise ArchiveError(
            f"{file}: {error.strerror}; give a folder that `livecount archive` wrote"
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "value"
        raise ArchiveError(
            f"{file}: {field}: {first['msg']}; take a copy that is whole, or the version of"
            " livecount that wrote it"
        ) from error


def checked_manifest(folder: Path) -> Manifest:
    """Returns the manifest of an archive whose files are all as it says.

    Files that it does not name are passed over. Raises ArchiveError, which names what is missing
    or has changed.
    """
    manifest = read_manifest(folder)
    faults = []
    for name, expected in manifest.files.items():
        try:
            found = _described(_inside(folder, name))
        except OSError as error:
            faults.append(f"{folder / name}: {error.strerror}")
            continue
        if found != expected:
            faults.append(f"{folder / name}: is not the file that was archived")
    if faults:
        more = len(faults) - FAULTS_SHOWN
        shown = [*faults[:FAULTS_SHOWN], *([f"and {more} more"] if more > 0 else [])]
        raise ArchiveError("\n".join([*shown, "take a copy of the archive that is whole"]))
    return manifest


def _inside(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ArchiveError(f"{folder / MANIFEST}: files: {name!r} is outside of the archive")
    return path


def _described(path: Path) -> ArchivedFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return ArchivedFile(sha256=digest, bytes=path.stat().st_size)
