"""What `make compose-up` says of a Docker that is too old, and how images are pinned."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.checkout import CHECKOUT

DIGEST = "sha256:" + "0123456789abcdef" * 4


def with_docker(
    folder: Path, script: str, engine: str, compose: str, digest: str = ""
) -> tuple[int, str]:
    """Runs a script of the project with a docker that answers so; returns status and output."""
    docker = folder / "bin" / "docker"
    docker.parent.mkdir(exist_ok=True)
    docker.write_text(
        f'#!/bin/sh\ncase "$1 $2" in\n"version --format") echo {engine};;\n'
        f'"compose version") echo {compose};;\n"buildx imagetools") echo {digest};;\nesac\n'
    )
    docker.chmod(0o755)
    done = subprocess.run(
        [script],
        env=os.environ | {"PATH": f"{docker.parent}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("engine", "compose", "said"),
    [
        ("25.0.0", "2.24.0", ""),
        ("26.1.5+dfsg1", "2.26.1-4", ""),
        ("29.0.1", "v5.0.1", ""),
        ("24.0.7", "2.24.0", "error: Docker Engine is 24.0.7; install 25 or newer\n"),
        ("25.0.0", "2.23.3", "error: Docker Compose is 2.23.3; install 2.24 or newer\n"),
    ],
)
def test_a_docker_that_is_too_old_is_named(
    tmp_path: Path, engine: str, compose: str, said: str
) -> None:
    """With its version and the oldest that does."""
    script = str(CHECKOUT / "scripts" / "docker-version")

    assert with_docker(tmp_path, script, engine, compose) == (1 if said else 0, said)


def test_the_digest_of_each_image_is_written_once(tmp_path: Path) -> None:
    """Into .env, from which the compose file takes it; other lines stay."""
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(CHECKOUT / "scripts" / "pin-images", tmp_path / "scripts")
    shutil.copy(CHECKOUT / "docker-compose.yml", tmp_path)
    (tmp_path / ".env").write_text("LIVECOUNT_NAMESPACE=live\n")

    for _ in range(2):
        assert with_docker(tmp_path, str(script), "25", "2.24", DIGEST)[0] == 0

    lines = (tmp_path / ".env").read_text().splitlines()
    assert lines[0] == "LIVECOUNT_NAMESPACE=live"
    assert [line.partition("=")[0] for line in lines[1:]] == [
        f"LIVECOUNT_{name}_IMAGE" for name in ("KAFKA", "VALKEY", "PYTHON")
    ]
    assert all(line.endswith(f"@{DIGEST}") for line in lines[1:])


def test_without_a_digest_nothing_is_pinned(tmp_path: Path) -> None:
    """And the script says for which image."""
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(CHECKOUT / "scripts" / "pin-images", tmp_path / "scripts")
    shutil.copy(CHECKOUT / "docker-compose.yml", tmp_path)

    status, said = with_docker(tmp_path, str(script), "25", "2.24", "none")

    assert status == 1
    assert "no digest" in said
    assert not (tmp_path / ".env").exists()
