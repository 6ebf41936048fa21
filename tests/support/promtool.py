"""Prometheus' own tool, which checks its configuration, its rules and its language."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.support.checkout import CHECKOUT

MONITORING = CHECKOUT / "monitoring"
RULES = MONITORING / "prometheus" / "rules.yml"
TIMEOUT_S = 120.0


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Returns how promtool ended, and what it said; both streams are its output.

    Fails if there is none: `scripts/install-promtool` brings it.
    """
    found = shutil.which("promtool") or CHECKOUT / ".local" / "bin" / "promtool"
    return subprocess.run(
        [found, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
