"""Kafka's jars, by their Maven coordinates, fetched once into the user's cache and verified."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

if TYPE_CHECKING:
    from jgo.maven import MavenContext

KAFKA_VERSION = "4.4.0"

LOCK_FILE = Path(__file__).with_name("kafka_jars.txt")
"""Every jar of the broker: coordinate, bytes, SHA-256. Made by scripts/lock_kafka_jars.py."""

DOWNLOADS_AT_ONCE = 6
"""A few connections hide the repository's latency; more would burden it."""

DOWNLOAD_TIMEOUT_S = 30
"""A repository that sends nothing for half a minute counts as gone."""


class JarError(RuntimeError):
    """A jar that could not be fetched, or is not the one it should be."""


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock file."""

    group: str
    artifact: str
    version: str
    size_bytes: int
    sha256: str

    def path(self, cache: Path) -> Path:
        """Returns the jar's path in a Maven repository directory."""
        name = f"{self.artifact}-{self.version}.jar"
        return cache.joinpath(*self.group.split("."), self.artifact, self.version, name)

    def is_intact(self, cache: Path) -> bool:
        """Returns whether the cache has the jar with the right content."""
        try:
            content = self.path(cache).read_bytes()
        except OSError:
            return False
        return hashlib.sha256(content).hexdigest() == self.sha256


def locked_jars(lock_file: Path = LOCK_FILE) -> list[Jar]:
    """Returns the jars of a lock file, in the order of the class path."""
    jars = []
    for line in lock_file.read_text().splitlines():
        coordinate, size_bytes, sha256 = line.split()
        group, artifact, version = coordinate.split(":")
        jars.append(Jar(group, artifact, version, int(size_bytes), sha256))
    return jars


def cache_directory() -> Path:
    """Returns livecount's Maven repository inside the user's cache directory."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "livecount" / "maven"


def fetch_jars(cache: Path, console: Console, lock_file: Path = LOCK_FILE) -> list[Path]:
    """Returns the paths of a lock file's jars, downloading those that the cache lacks or has hurt.

    Shows progress on the console while it downloads, and nothing otherwise. Two callers may
    run at the same time: the second waits. Raises JarError if a jar cannot be fetched.
    """
    jars = locked_jars(lock_file)
    with _locked(cache):
        missing = [jar for jar in jars if not jar.is_intact(cache)]
        if missing:
            _download(missing, cache, console)
    return [jar.path(cache) for jar in jars]


@contextmanager
def _locked(cache: Path) -> Iterator[None]:
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with (cache / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise JarError(f"{cache}: {error.strerror}; Kafka's jars are kept there") from error


def _download(missing: list[Jar], cache: Path, console: Console) -> None:
    # Imported here: they are slow to import and needed once.
    import truststore  # noqa: PLC0415

    try:
        from jgo.maven import MavenContext  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise JarError(
            f"Kafka's jars are not in {cache}, and the package jgo, which fetches them, is missing:"
            " install it"
        ) from error

    # The resolver's HTTP client brings its own list of authorities, and would refuse a company's
    # proxy that this machine trusts.
    truststore.inject_into_ssl()
    try:
        context = MavenContext(repo_cache=cache, timeout=DOWNLOAD_TIMEOUT_S)
        total_bytes = sum(jar.size_bytes for jar in missing)
        console.print(
            f"Fetching Apache Kafka {KAFKA_VERSION} once:"
            f" {len(missing)} jars, {total_bytes / 1_000_000:.0f} MB, into {cache}"
        )
        columns = (TextColumn("Kafka"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with (
            Progress(*columns, console=console, transient=True) as progress,
            ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool,
        ):
            task = progress.add_task("jars", total=total_bytes)
            for size_bytes in pool.map(lambda jar: _download_one(jar, cache, context), missing):
                progress.update(task, advance=size_bytes)
    finally:
        # Kafka and Redis are reached from this process, too, and by their own authority alone.
        truststore.extract_from_ssl()


def _download_one(jar: Jar, cache: Path, context: MavenContext) -> int:
    """Downloads one jar and returns its size in bytes."""
    # An interrupted download leaves a part of the file, which the resolver would accept.
    jar.path(cache).unlink(missing_ok=True)
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        component.artifact().resolve()
    except Exception as error:
        # Whatever the resolver or its HTTP client raises, the remedy is the same.
        raise JarError(
            f"{jar.artifact} {jar.version} could not be downloaded ({type(error).__name__}:"
            f" {error}); connect to the network once, or copy a filled {cache} here"
        ) from error
    if not jar.is_intact(cache):
        jar.path(cache).unlink(missing_ok=True)
        raise JarError(
            f"{jar.artifact} {jar.version} arrived with another content than its lock file"
            " says; try again, and look at any proxy between here and the repository"
        )
    return jar.size_bytes
