"""The base images that the project's files name, made here if no registry can be reached."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from scripts.compose_check.machine import Machine

STAND_INS = Path(__file__).parent / "stand_ins"
CHECKOUT = Path(__file__).resolve().parents[2]


def named_image(variable: str) -> str:
    """Returns the image that the compose file names if a variable is not set."""
    compose = (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")
    (name,) = set(re.findall(rf"\$\{{{variable}:-([^}}]+)\}}", compose))
    return name


def make_stand_ins(machine: Machine, python_root: Path) -> None:
    """Makes the stand-ins inside the machine. Raises SetUpError if one cannot be made."""
    python = named_image("LIVECOUNT_PYTHON_IMAGE")
    machine.must("docker", "import", "--change", 'CMD ["python3"]', "-", python, stdin=python_root)
    context = machine.root / "srv" / "stand-ins"
    shutil.copytree(STAND_INS, context)
    shutil.copy(CHECKOUT / "requirements" / "run.txt", context)
    shutil.copytree(
        CHECKOUT / "services", context / "services", ignore=shutil.ignore_patterns("__pycache__")
    )
    for stage in ("kafka", "valkey"):
        name = named_image(f"LIVECOUNT_{stage.upper()}_IMAGE")
        machine.must("docker", "build", "-q", "--target", stage, "-t", name, "/srv/stand-ins")
