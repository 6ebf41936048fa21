from __future__ import annotations

from pathlib import Path

import pytest

from services.archive.errors import ArchiveError
from services.archive.folder import new_folder
from services.archive.manifest import (
    ARCHIVED_KINDS,
    MANIFEST,
    ArchivedTopic,
    Counts,
    Manifest,
    checked_manifest,
    files_of,
    log_path,
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder of two files and their manifest."""
    folder = tmp_path / "night"
    with new_folder(folder) as made:
        (made / "log").mkdir()
        for kind in ARCHIVED_KINDS:
            (made / log_path(kind)).write_text("{}\n")
        (made / "index.html").write_text("<p>")
        manifest = Manifest(
            livecount="1",
            schemas="v1",
            namespace="live",
            election=None,
            log_id="ab",
            topics=dict.fromkeys(ARCHIVED_KINDS, ArchivedTopic(ends=(1,), records=1)),
            counts=Counts(
                declarations=1,
                not_counted=0,
                broken=0,
                councils=0,
                councils_complete=0,
                wards=0,
                wards_declared=0,
                alerts=0,
            ),
            files=files_of(made),
        )
        (made / MANIFEST).write_text(manifest.model_dump_json())
    return folder


def test_an_archive_that_is_whole_is_taken(archive: Path) -> None:
    """What somebody has put beside it is passed over."""
    (archive / "notes.txt").write_text("mine")

    files = checked_manifest(archive).files

    assert [*files] == ["index.html", *sorted(map(log_path, ARCHIVED_KINDS))]


def test_every_file_that_is_missing_or_has_changed_is_named(archive: Path) -> None:
    """A byte is enough."""
    (archive / "index.html").unlink()
    (archive / "log" / "declarations.jsonl").write_text("{}\r")

    with pytest.raises(ArchiveError) as refused:
        checked_manifest(archive)

    assert f"{archive}/index.html: No such file" in str(refused.value)
    assert f"{archive}/log/declarations.jsonl: is not the file" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "value: "),
        ("{}", "livecount: Field required"),
        ('{"format": 2}', "format: "),
    ],
)
def test_a_manifest_of_another_kind_is_refused(archive: Path, text: str, said: str) -> None:
    """The message names the field."""
    (archive / MANIFEST).write_text(text)

    with pytest.raises(ArchiveError, match=said):
        checked_manifest(archive)


def test_a_manifest_that_does_not_vouch_for_the_log_is_refused(archive: Path) -> None:
    """Nothing is restored that is not checked."""
    text = (archive / MANIFEST).read_text()
    (archive / MANIFEST).write_text(text.replace('"log/declarations.jsonl"', '"notes.txt"'))

    with pytest.raises(ArchiveError, match=r"log/declarations\.jsonl is not among"):
        checked_manifest(archive)


def test_a_folder_without_a_manifest_is_no_archive(tmp_path: Path) -> None:
    """The message says which folder to give."""
    with pytest.raises(ArchiveError, match="livecount archive"):
        checked_manifest(tmp_path)


def test_a_manifest_leads_out_of_no_folder(archive: Path) -> None:
    """A path that climbs is refused, and not read."""
    text = (archive / MANIFEST).read_text()
    (archive / MANIFEST).write_text(text.replace("index.html", "../index.html"))

    with pytest.raises(ArchiveError, match="outside of the archive"):
        checked_manifest(archive)


def test_a_folder_that_failed_is_not_there(tmp_path: Path) -> None:
    """Neither under its name nor beside it."""

    def fail(made: Path) -> None:
        (made / "half").write_text("")
        raise RuntimeError("disk")

    with pytest.raises(RuntimeError, match="disk"), new_folder(tmp_path / "night") as made:
        fail(made)

    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    """An archive is never written over another."""
    (tmp_path / "night").mkdir()

    with pytest.raises(ArchiveError, match="is there already"), new_folder(tmp_path / "night"):
        pass


def test_a_folder_needs_one_to_stand_in(tmp_path: Path) -> None:
    """The message names it."""
    missing = tmp_path / "missing" / "night"

    with pytest.raises(ArchiveError, match="missing: is no folder"), new_folder(missing):
        pass
