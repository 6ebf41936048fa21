"""The stack of docker-compose.yml as the checks see it: its containers, its pages, its log."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PROJECT = "livecount-check"
"""Of its own, so that a count that runs on this machine is left alone, with its data."""

OWN = ("intake", "aggregator", "nation", "notifier", "entry", "ticker")
LASTING = ("kafka", "redis", *OWN)

COMMAND_TIMEOUT_S = 900.0
"""The longest is the first build, which downloads everything."""

HTTP_TIMEOUT_S = 30.0
"""A page is answered in milliseconds, also on a busy machine in seconds."""

POLL_EVERY_S = 0.5
"""Between two looks at what is waited for; each starts a client of Docker."""

TICKER, INTAKE, ENTRY = (f"http://127.0.0.1:{port}" for port in (8000, 8001, 8002))


class CheckError(AssertionError):
    """What a check found wrong."""


def require(holds: object, what: object) -> None:
    """Raises CheckError with `what` unless it holds."""
    if not holds:
        raise CheckError(str(what)[:1_500])


def wait_for(holds: Callable[[], object], timeout_s: float, what: Callable[[], object]) -> float:
    """Returns after how many seconds it held. Raises CheckError with `what` at the timeout."""
    began_s = time.monotonic()
    while not holds():
        require(time.monotonic() - began_s < timeout_s, f"not within {timeout_s:.0f} s: {what()}")
        time.sleep(POLL_EVERY_S)
    return time.monotonic() - began_s


class Stack:
    """The stack of a checkout. `owns_docker` says whether its daemon may be restarted.

    `figures` takes what the checks measure, by name.
    """

    def __init__(self, checkout: Path, *, owns_docker: bool) -> None:
        self.checkout = checkout
        self.owns_docker = owns_docker
        self.figures: dict[str, Any] = {}

    def run(self, *command: str, **environment: str) -> tuple[int, str]:
        """Runs a command in the checkout; returns its exit status and its whole output."""
        own = {"COMPOSE_PROJECT_NAME": PROJECT, "LIVECOUNT_IMAGE": PROJECT}
        done = subprocess.run(  # noqa: S603 - commands of this check
            command,
            cwd=self.checkout,
            env=os.environ | own | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=COMMAND_TIMEOUT_S,
        )
        return done.returncode, done.stdout

    def must(self, *command: str, **environment: str) -> str:
        """Runs a command that has to end with 0, and returns its output."""
        status, output = self.run(*command, **environment)
        require(status == 0, f"{' '.join(command)[:200]}: status {status}: {output[-1_200:]}")
        return output

    def compose(self, *arguments: str) -> str:
        """Runs docker compose, which has to end with 0, and returns its output."""
        return self.must("docker", "compose", *arguments)

    def command(self, service: str, *arguments: str, options: tuple[str, ...] = ()) -> str:
        """Runs a livecount command in a container of its own; returns its output."""
        return self.compose("run", "--rm", "-T", "--no-deps", *options, service, *arguments)

    def start(self, **environment: str) -> float:
        """Starts everything as a user does; returns how many seconds it took."""
        began_s = time.monotonic()
        self.must("make", "compose-up", **environment)
        return time.monotonic() - began_s

    def containers(self, service: str) -> list[str]:
        """Returns the names of a service's running containers."""
        shown = self.compose("ps", "--format", "{{.Name}}", service)
        return sorted(shown.split())

    def inspect(self, service: str, number: int = 1) -> dict[str, Any]:
        """Returns what Docker knows of a container, nothing if there is none."""
        return self.inspect_all((service,), number)[service]

    def inspect_all(self, services: Sequence[str], number: int = 1) -> dict[str, dict[str, Any]]:
        """Returns the same of one container of each of several services, in one question."""
        names = {f"/{PROJECT}-{service}-{number}": service for service in services}
        # Of those that are missing it complains on standard error, and lists the others.
        _, shown = self.run("docker", "inspect", *(name[1:] for name in names))
        found = json.JSONDecoder().raw_decode(shown[shown.index("[") :])[0]
        return {service: {} for service in services} | {names[each["Name"]]: each for each in found}

    def inside(self, service: str, script: str, *, user: str = "") -> tuple[int, str]:
        """Runs a shell script in a service's first container."""
        options = ["--user", user] if user else []
        return self.run("docker", "exec", *options, f"{PROJECT}-{service}-1", "sh", "-c", script)

    def is_healthy(self, service: str) -> bool:
        """Returns whether a container runs and passes its health check."""
        return _is_healthy(self.inspect(service))

    def unhealthy(self) -> list[str]:
        """Returns the services that are not healthy, each with its last answer."""
        found = self.inspect_all(LASTING)
        return [
            f"{name}: {each.get('State', {}).get('Health', {}).get('Log', [{}])[-1:]}"
            for name, each in found.items()
            if not _is_healthy(each)
        ]

    def log(self, service: str) -> str:
        """Returns the log of a service's containers."""
        return self.compose("logs", "--no-log-prefix", "--no-color", service)

    def secret(self, name: str) -> str:
        """Returns a secret of the checkout."""
        return (self.checkout / ".local" / "secrets" / f"livecount_{name}").read_text().strip()

    def put(self, path: str, content: str) -> None:
        """Writes a file below .local for the containers to read."""
        file = self.checkout / ".local" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f".{file.name}.partial")
        partial.write_text(content, encoding="utf-8")
        if os.geteuid() == 0:
            owner = (self.checkout / ".local" / "config").stat()
            for made in (partial, file.parent):
                os.chown(made, owner.st_uid, owner.st_gid)
        partial.rename(file)

    def set(self, name: str, value: str) -> None:
        """Adds a variable to the checkout's .env."""
        with (self.checkout / ".env").open("a", encoding="utf-8") as file:
            file.write(f"{name}={value}\n")

    def verify(self, timeout_s: float = 180) -> str:
        """Waits until everything is counted and nothing differs; returns what `verify` says."""
        said = [""]

        def agrees() -> bool:
            status, output = self.run(
                *("docker", "compose", "run", "--rm", "-T", "--no-deps", "audit", "verify")
            )
            said[0] = output.strip()[-800:]
            is_done = "; 0 declarations not yet counted" in output
            return status == 0 and "0 differences;" in output and is_done

        wait_for(agrees, timeout_s, lambda: said[0])
        return said[0].splitlines()[-1]

    def restart_docker(self) -> None:
        """Ends the daemon and starts it again, as a machine's restart does."""
        pid = int(Path("/run/docker.pid").read_text())
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not Path(f"/proc/{pid}").exists(), 90, lambda: "the daemon goes on")
        self.must("sh", "-c", "setsid dockerd >> /var/log/dockerd.log 2>&1 < /dev/null &")
        wait_for(lambda: self.run("docker", "version")[0] == 0, 90, lambda: "Docker does not start")


def _is_healthy(container: dict[str, Any]) -> bool:
    state = container.get("State", {})
    return bool(state.get("Running")) and state.get("Health", {}).get("Status") == "healthy"


def get(
    address: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """Returns status and body of an answer; 0 and the reason if there is none."""
    request = urllib.request.Request(address, data=body, headers=headers or {})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=HTTP_TIMEOUT_S) as answer:  # noqa: S310
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", "replace")
    except OSError as error:
        return 0, str(error)
