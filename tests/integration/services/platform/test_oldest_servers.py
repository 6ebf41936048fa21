"""The oldest Kafka and Redis that livecount supports. The newest run all other tests."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from services.platform.stack.redis_process import REDIS_VERSION_MIN, version
from services.platform.stack.servers import Servers
from services.platform.stack.stack import Stack
from tests.support.checkout import CHECKOUT

OLDEST_KAFKA = CHECKOUT / "tests/support/oldest_kafka_jars.txt"
"""Kafka 4.0.2, locked by `scripts/lock_kafka_jars.py 4.0.2 tests/support/oldest_kafka_jars.txt`."""

REDIS_BY_ANOTHER_NAME = "redis-check-rdb"
"""Debian's redis-tools has Redis under this name, and no server that starts by itself."""

TIMEOUT_S = 240


def test_a_night_on_the_oldest_servers_equals_the_tally(tmp_path: Path) -> None:
    """Kafka 4.0.2 and Redis 7.0 count London in 2014 as the rules do by themselves."""
    installed = shutil.which(REDIS_BY_ANOTHER_NAME)
    assert installed is not None, "scripts/install-redis-tools installs it"
    redis = tmp_path / "redis-server"
    # By its own name it checks a file; by this one it is the server.
    redis.symlink_to(installed)
    shown = subprocess.run([redis, "--version"], capture_output=True, text=True, check=True)
    # Debian 12 has 7.0, and later ones have later versions.
    assert (version(shown.stdout) or (0, 0)) >= REDIS_VERSION_MIN

    oldest = Servers(OLDEST_KAFKA, redis)
    with Stack(tmp_path / "stack", servers=oldest) as stack:
        rehearsed = _livecount("rehearse", stack.endpoints.environment(), tmp_path)
        assert "Kafka version: 4.0.2" in (stack.directory / "logs/kafka-1.log").read_text()
    tallied = _livecount("tally", {}, tmp_path)

    assert rehearsed == tallied
    assert len(tallied["councils"]) == 32


def _livecount(command: str, further: dict[str, str], folder: Path) -> dict[str, list[object]]:
    night = CHECKOUT / "nights/london-2014"
    files = [
        argument
        for name in ("councils", "standing", "results")
        for argument in (f"--{name}", str(night / f"{name}.csv"))
    ]
    own = {name: value for name, value in os.environ.items() if not name.startswith("LIVECOUNT_")}
    done = subprocess.run(
        [sys.executable, "-m", "services.cli", command, *files, "--json"],
        cwd=folder,
        env=own | further,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[object]] = json.loads(done.stdout)
    return found
