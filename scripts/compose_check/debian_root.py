"""Roots of Debian: a release's files as a tar file, from the packages of this machine's sources."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

AUTHORITIES = Path("/usr/local/share/ca-certificates")
PIP_SETTINGS = Path("/etc/pip.conf")

ROOT_TIMEOUT_S = 900.0
"""A root of Debian is some 200 packages; one took a minute to a minute and a half."""


class SetUpError(RuntimeError):
    """The machine cannot be set up; says why and what to do."""


def make_root(target: Path, suite: str, packages: Sequence[str], work: Path) -> None:
    """Makes a Debian root as a tar file, with the authorities and pip's settings of this machine.

    Does nothing if the file is there. Raises SetUpError if Debian's packages cannot be fetched.
    """
    if target.exists():
        return
    sources = work / f"{suite}.sources"
    sources.write_text(_sources(suite))
    hooks = []
    if list(AUTHORITIES.glob("*.crt")):
        hooks += [
            f'cp {AUTHORITIES}/*.crt "$1{AUTHORITIES}/"',
            'chroot "$1" update-ca-certificates',
        ]
    if PIP_SETTINGS.exists():
        hooks.append(f'cp {PIP_SETTINGS} "$1{PIP_SETTINGS}"')
    partial = target.with_suffix(".partial.tar")
    done = subprocess.run(  # noqa: S603
        [
            *("mmdebstrap", "--mode=root", "--variant=minbase"),
            f"--include={','.join(('ca-certificates', *packages))}",
            *(f"--customize-hook={hook}" for hook in hooks),
            *(suite, str(partial), str(sources)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=ROOT_TIMEOUT_S,
    )
    if done.returncode:
        raise SetUpError(f"a root of Debian {suite}: {done.stderr[-3000:]}")
    partial.rename(target)


def _sources(suite: str) -> str:
    """Returns this machine's package sources, for another release of Debian."""
    release = dict(
        re.findall(r'^(\w+)="?([^"\n]*)', Path("/etc/os-release").read_text(), re.MULTILINE)
    )
    own = release.get("VERSION_CODENAME", "")
    if release.get("ID") != "debian" or not own:
        raise SetUpError("there is no Docker here, and no Debian to make one: install Docker")
    found = sorted(Path("/etc/apt").glob("sources.list.d/*.sources"))
    texts = [file.read_text() for file in found]
    texts = [text for text in texts if re.search(rf"^Suites:.*\b{own}\b", text, re.MULTILINE)]
    if not texts:
        raise SetUpError("/etc/apt/sources.list.d: no .sources file of Debian; write one")
    return "\n".join(texts).replace(own, suite)
