"""Runs docker-compose.yml for real: `python -m scripts.compose_check`, or `make compose-check`.

Where Docker answers it is used, and images are pulled. Elsewhere a small Debian with Docker is made
in namespaces of its own, with stand-ins for the images; that needs root and Debian's packages.
Exit status 0 if all checks passed, 1 if one failed, 2 if it cannot be set up.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from scripts.compose_check import counting, starting, surviving
from scripts.compose_check.debian_root import SetUpError
from scripts.compose_check.figures import PAGE, write_page
from scripts.compose_check.images import make_stand_ins
from scripts.compose_check.machine import machine, share_fairly, versions
from scripts.compose_check.stack import CheckError, Stack

CHECKOUT = Path(__file__).resolve().parents[2]
CHECKS: tuple[Callable[[Stack], None], ...] = (
    *starting.CHECKS,
    *counting.CHECKS,
    *surviving.CHECKS,
)
FIGURES = "build/compose-check.json"
INSIDE = "/srv/livecount"

PASSED, FAILED, NOT_SET_UP = 0, 1, 2

RECEIVER = """\
# Written by the check: a receiver of webhooks that prints what it is sent.
services:
  receiver:
    image: ${LIVECOUNT_IMAGE}
    entrypoint: [python, -uc]
    healthcheck: {test: [CMD, "true"], interval: 1s}
    stop_grace_period: 1s
    depends_on: [topics]
    command:
      - |
        import http.server
        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                print(self.rfile.read(int(self.headers["content-length"])).decode(), flush=True)
                self.send_response(204)
                self.end_headers()
        http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Receiver).serve_forever()
"""


def say(text: str) -> None:
    """Prints a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def copy_checkout(target: Path) -> None:
    """Copies the project's files, without what was made here, to an empty folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],  # noqa: S607
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        source = CHECKOUT / name
        if source.is_file() and not source.is_symlink() and "override" not in source.name:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


def run_checks(stack: Stack) -> int:
    """Runs all checks in their order, says what became of each, and returns the exit status."""
    (stack.checkout / ".env").write_text("LIVECOUNT_NAMESPACE=rehearsal\n", encoding="utf-8")
    (stack.checkout / "docker-compose.override.yml").write_text(RECEIVER, encoding="utf-8")
    began_s = time.monotonic()
    failed = 0
    for check in CHECKS:
        sentence = " ".join((check.__doc__ or "").split())
        try:
            check(stack)
        except (CheckError, subprocess.TimeoutExpired, KeyError, ValueError, OSError) as error:
            failed += 1
            say(f"{time.monotonic() - began_s:6.0f} s  FAILED  {sentence}\n           {error!r}")
        else:
            say(f"{time.monotonic() - began_s:6.0f} s  passed  {sentence}")
    stack.figures |= {"all checks": time.monotonic() - began_s, "failed": failed}
    file = stack.checkout / FIGURES
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(stack.figures, indent=1), encoding="utf-8")
    say(f"{len(CHECKS) - failed} passed, {failed} failed")
    return FAILED if failed else PASSED


def with_this_docker() -> int:
    """Runs the checks with this machine's Docker, in a copy, under a project's name of its own."""
    with tempfile.TemporaryDirectory(prefix="compose-check-") as folder:
        copy_checkout(Path(folder))
        stack = Stack(Path(folder), owns_docker=False)
        try:
            status = run_checks(stack)
        finally:
            stack.run("docker", "compose", "--profile", "*", "down", "--volumes")
            stack.run("docker", "image", "rm", "livecount-check")
        _keep_figures(Path(folder) / FIGURES, docker_here(), "images as they were pulled")
    return status


def with_a_machine_of_its_own(roots: Path | None) -> int:
    """Makes a machine with Docker, runs the checks in it, and removes it. Raises SetUpError."""
    with contextlib.ExitStack() as stack:
        kept = roots or Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp")))
        kept.mkdir(parents=True, exist_ok=True)
        log = Path(tempfile.gettempdir()) / "compose-check.log"
        say("       no Docker answers here: making a Debian with Docker, in namespaces of its own")
        made = stack.enter_context(machine(kept, log))
        say(f"       {versions(made)}; making stand-ins for the images of Kafka, Valkey and Python")
        make_stand_ins(made, kept / "python.tar")
        share_fairly()
        copy_checkout(made.root / INSIDE.lstrip("/"))
        done = made.run(
            *("python3", "-m", "scripts.compose_check", "--inside"), folder=INSIDE, shown=True
        )
        figures = made.root / INSIDE.lstrip("/") / FIGURES
        _keep_figures(figures, versions(made), "stand-ins for the images")
        return done.returncode


def _keep_figures(found: Path, docker: str, images: str) -> None:
    if found.exists():
        figures = json.loads(found.read_text()) | {"docker": docker, "images": images}
        kept = CHECKOUT / FIGURES
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        say(f"       figures: {kept}")


def docker_here() -> str:
    """Returns which Docker Engine answers on this machine, blank if none does."""
    docker = shutil.which("docker")
    if not docker:
        return ""
    shown = subprocess.run(  # noqa: S603
        [docker, "version", "--format", "Docker Engine {{.Server.Version}}"],
        capture_output=True,
        check=False,
        text=True,
    )
    return shown.stdout.strip() if shown.returncode == 0 else ""


def main() -> int:
    """Runs the check as the arguments say; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--roots", type=Path, help="keep the Debian roots here for the next time")
    parser.add_argument("--write", action="store_true", help=f"write the figures into {PAGE.name}")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        return run_checks(Stack(Path.cwd(), owns_docker=True))
    # Ended from outside it removes what it made, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(NOT_SET_UP))
    try:
        status = with_this_docker() if docker_here() else with_a_machine_of_its_own(given.roots)
    except SetUpError as error:
        say(f"error: it cannot be set up: {error}")
        return NOT_SET_UP
    if given.write and status == PASSED:
        write_page(json.loads((CHECKOUT / FIGURES).read_text()))
    return status


if __name__ == "__main__":
    sys.exit(main())
