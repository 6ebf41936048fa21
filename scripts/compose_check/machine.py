"""A small Debian 13 with Docker Engine and Compose, in namespaces of its own, removed at the end.

For a machine that has no Docker. Its network, its processes and its files are apart from this
machine's, so nothing of it is left once it has ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from scripts.compose_check.debian_root import SetUpError, make_root

ENGINE_PACKAGES = (
    *("docker.io", "docker-cli", "docker-buildx", "docker-compose", "iptables", "iproute2"),
    *("procps", "make", "python3", "tini"),
)
PYTHON_PACKAGES = ("python3-venv", "python3-pip", "python-is-python3")
NEEDED = {"mmdebstrap": "mmdebstrap", "slirp4netns": "slirp4netns", "nsenter": "util-linux"}
"""Programs that this machine has to have, and Debian's packages of them."""

PACKAGES_TIMEOUT_S = 300.0
"""The few packages of NEEDED take seconds to install."""

COMMAND_TIMEOUT_S = 1_800.0
"""The longest command inside is the whole check."""

START_TIMEOUT_S = 60.0
"""Namespaces are there within a second, Docker within some seconds."""

BOOT = """\
set -eu
root=$1
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir -p "$root/old"
cd "$root"
pivot_root . old
exec chroot . sh -c 'umount -l /old; ip link set lo up; exec tini -- sleep infinity'
"""

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class Machine:
    """The running machine: commands run inside it as root."""

    def __init__(self, root: Path, pid: int) -> None:
        self.root = root
        self._pid = pid

    def run(
        self, *command: str, folder: str = "/", stdin: Path | None = None, shown: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command inside and returns how it ended, with its output unless it is `shown`.

        Raises subprocess.TimeoutExpired after COMMAND_TIMEOUT_S.
        """
        enter = ["nsenter", "-t", str(self._pid), "-m", "-n", "-p", "-u", "-r", f"--wdns={folder}"]
        with stdin.open("rb") if stdin else contextlib.nullcontext(subprocess.DEVNULL) as source:
            return subprocess.run(  # noqa: S603 - commands of this check
                [*enter, *command],
                env=ENVIRONMENT,
                stdin=source,
                stdout=None if shown else subprocess.PIPE,
                stderr=None if shown else subprocess.STDOUT,
                text=True,
                check=False,
                timeout=COMMAND_TIMEOUT_S,
            )

    def must(self, *command: str, folder: str = "/", stdin: Path | None = None) -> str:
        """Runs a command inside and returns its output. Raises SetUpError if it fails."""
        done = self.run(*command, folder=folder, stdin=stdin)
        if done.returncode:
            raise SetUpError(f"{' '.join(command)[:200]}: {done.stdout[-3000:]}")
        return done.stdout


@contextlib.contextmanager
def tools(log: Path) -> Iterator[None]:
    """Has NEEDED on this machine inside the context; what it installs for that it removes again."""
    missing = [package for program, package in NEEDED.items() if not shutil.which(program)]
    if not missing:
        yield
        return

    def get(*words: str) -> str:
        done = subprocess.run(  # noqa: S603
            ["apt-get", "-q", "-y", "--no-install-recommends", *words],  # noqa: S607
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
            timeout=PACKAGES_TIMEOUT_S,
        )
        with log.open("a") as written:
            written.write(done.stdout)
        if done.returncode:
            raise SetUpError(f"apt-get {' '.join(words)}: see {log}")
        return done.stdout

    get("update")
    plan = get("--simulate", "install", *missing)
    added = re.findall(r"^Inst (\S+) \((?!\[)", plan, re.MULTILINE)
    get("install", *missing)
    try:
        yield
    finally:
        get("purge", *added)


@contextlib.contextmanager
def machine(roots: Path, log: Path) -> Iterator[Machine]:
    """Runs the machine inside the context, with Docker started.

    `roots` is where the Debian roots are, or are made. Raises SetUpError. At the end every process
    of it is ended and every file of it removed.
    """
    if os.geteuid() != 0:
        raise SetUpError("there is no Docker here, and only root can make one: run as root")
    with contextlib.ExitStack() as stack:
        stack.enter_context(tools(log))
        work = Path(tempfile.mkdtemp(prefix="compose-check-", dir="/var/tmp"))
        stack.callback(_removed, work)
        make_root(roots / "engine.tar", "trixie", ENGINE_PACKAGES, work)
        make_root(roots / "python.tar", "bookworm", PYTHON_PACKAGES, work)
        root = work / "root"
        root.mkdir()
        subprocess.run(["tar", "-xf", roots / "engine.tar", "-C", root], check=True)  # noqa: S603, S607
        running = stack.enter_context(_namespaces(root, work))
        found = Machine(root, running)
        stack.callback(_without_cgroups)
        stack.enter_context(_docker(found))
        yield found


@contextlib.contextmanager
def _namespaces(root: Path, work: Path) -> Iterator[int]:
    """Runs the root's first process in namespaces with a network; yields its id."""
    boot = work / "boot"
    boot.write_text(BOOT)
    own = ["unshare", "--mount", "--net", "--pid", "--uts", "--fork", "--kill-child"]
    outer = subprocess.Popen([*own, "sh", str(boot), str(root)], start_new_session=True)  # noqa: S603
    network = None
    try:
        pid = _first_process(outer)
        slirp = ["slirp4netns", "--configure", "--mtu=1500", "--disable-host-loopback"]
        network = subprocess.Popen(  # noqa: S603
            [*slirp, str(pid), "tap0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        resolver = root / "etc" / "resolv.conf"
        resolver.unlink(missing_ok=True)
        resolver.write_text("nameserver 10.0.2.3\n")
        yield pid
    finally:
        # Whatever runs in the namespaces ends with their first process.
        for process in (outer, network):
            if process is not None:
                process.kill()
                process.wait()


def _first_process(outer: subprocess.Popen[bytes]) -> int:
    children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
    deadline_s = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline_s and outer.poll() is None:
        for child in children.read_text().split():
            if Path(f"/proc/{child}/comm").read_text().strip() == "tini":
                return int(child)
        time.sleep(0.1)
    raise SetUpError("namespaces cannot be made: unshare and pivot_root need all rights of root")


@contextlib.contextmanager
def _docker(found: Machine) -> Iterator[None]:
    start_docker(found)
    try:
        yield
    finally:
        found.run("sh", "-c", "docker ps -q | xargs -r docker rm -f; kill $(cat /run/docker.pid)")
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while (
            time.monotonic() < deadline_s
            and not found.run("test", "-e", "/run/docker.pid").returncode
        ):
            time.sleep(0.2)


def start_docker(found: Machine) -> None:
    """Starts the daemon and waits until it answers. Raises SetUpError."""
    found.must("sh", "-c", "setsid dockerd > /var/log/dockerd.log 2>&1 < /dev/null &")
    deadline_s = time.monotonic() + START_TIMEOUT_S
    while found.run("docker", "version").returncode:
        if time.monotonic() > deadline_s:
            text = (found.root / "var/log/dockerd.log").read_text()
            raise SetUpError(f"Docker does not start: {text[-3000:]}")
        time.sleep(0.3)


def share_fairly() -> None:
    """Gives the containers as much of the processors as so many processes of this machine have.

    In control groups of version 1 all containers together would have as much as one process.
    """
    for file, weight in (("cpu/docker/cpu.shares", 16 * 1_024), ("docker/cpu.weight", 16 * 100)):
        path = Path("/sys/fs/cgroup") / file
        if path.exists():
            path.write_text(str(weight))


def _without_cgroups() -> None:
    """Removes Docker's control groups, which outlive it; one that is in use stays."""
    for top in Path("/sys/fs/cgroup").glob("**/docker"):
        for folder in sorted(top.glob("**/"), reverse=True):
            with contextlib.suppress(OSError):
                folder.rmdir()


def _removed(work: Path) -> None:
    subprocess.run(["rm", "-rf", "--one-file-system", work], check=False)  # noqa: S603, S607


def versions(found: Machine) -> str:
    """Returns which Docker Engine and Compose run inside."""
    engine = json.loads(found.must("docker", "version", "--format", "{{json .Server}}"))
    compose = found.must("docker", "compose", "version", "--short").strip()
    return f"Docker Engine {engine['Version']}, Compose {compose}"
