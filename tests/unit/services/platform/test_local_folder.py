"""Where commands look for the local stack and its settings."""

from __future__ import annotations

import os
from pathlib import Path

from services.platform.local_folder import local_folder


def folder(*parts: Path | str) -> Path:
    """Returns a folder, made if need be."""
    made = Path(*parts)
    made.mkdir(parents=True, exist_ok=True)
    return made


def test_the_nearest_local_stack_above_is_used(tmp_path: Path) -> None:
    """In a folder below the one of a stack its commands find it."""
    folder(tmp_path, "project", ".local", "stack")
    below = folder(tmp_path, "project", "results", "thursday")
    other = folder(tmp_path, "checkout")

    assert local_folder(below, other) == tmp_path / "project" / ".local"


def test_a_settings_file_is_enough(tmp_path: Path) -> None:
    """A folder with a settings file of its own is no other stack's."""
    (folder(tmp_path, "project", ".local") / "settings.env").touch()

    assert local_folder(tmp_path / "project", None) == tmp_path / "project" / ".local"


def test_elsewhere_the_checkouts_is_used(tmp_path: Path) -> None:
    """A home's own `.local`, as most homes have, is none of ours."""
    folder(tmp_path, "home", ".local", "share")
    elsewhere = folder(tmp_path, "home", "results")
    checkout = folder(tmp_path, "checkout")

    assert local_folder(elsewhere, checkout) == checkout / ".local"


def test_without_a_checkout_it_is_where_the_command_runs(tmp_path: Path) -> None:
    """An installed livecount keeps nothing beside its own files."""
    assert local_folder(tmp_path, None) == tmp_path / ".local"


def test_a_folder_of_somebody_else_is_passed_over(tmp_path: Path) -> None:
    """In a folder that all may write to anybody could leave settings."""
    (tmp_path / ".local" / "stack").mkdir(parents=True)
    below = tmp_path / "project"
    below.mkdir()

    found = local_folder(below, checkout=None, owner=os.getuid() + 1)

    assert found == below / ".local"
