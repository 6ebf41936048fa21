"""livecount as a wheel installs it, in a folder that has nothing of the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from services.platform.stack.kafka_jars import cache_directory
from tests.support.checkout import CHECKOUT

PACKAGES = ("schemas", "readers", "election", "checker", "drafts", "services", "nights")
BUILD_TIMEOUT_S = 120
DEMO_TIMEOUT_S = 240


def test_a_wheel_plays_the_demo_in_an_empty_folder(tmp_path: Path) -> None:
    """What is in the wheel suffices: the night, the pages, the scripts and the lock of Kafka."""
    source = tmp_path / "source"
    # A copy, as building leaves folders behind.
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, source / package)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, source / name)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--no-index", "--wheel-dir", str(tmp_path), str(source)),
        ],
        check=True,
        timeout=BUILD_TIMEOUT_S,
    )
    (wheel,) = tmp_path.glob("livecount-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    empty = tmp_path / "empty"
    empty.mkdir()
    own = {name: value for name, value in os.environ.items() if not name.startswith("LIVECOUNT_")}
    own |= {
        "PYTHONPATH": str(tmp_path / "installed"),
        "HOME": str(empty),
        # Kafka's jars are fetched already.
        "XDG_CACHE_HOME": str(cache_directory().parents[1]),
    }

    shown = subprocess.run(
        [sys.executable, "-m", "services.cli", "demo", "--speed", "max", "--no-serve"],
        cwd=empty,
        env=own,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEMO_TIMEOUT_S,
    )

    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "CON HOLD Barnet: 32 of 63" in shown.stdout
