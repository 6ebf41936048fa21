"""The compose file and the image, as far as they can be tried without a Docker daemon.

Each service's command and health check run here as processes, in the environment that the file
gives them, at the local stack instead of the containers it names.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from services.platform.settings import Settings
from services.platform.stack.kafka_jars import KAFKA_VERSION
from services.platform.stack.kafka_process import SETTINGS
from services.platform.stack.ports import free_ports
from services.platform.stack.redis_process import find_redis
from tests.support.checkout import CHECKOUT

COMPOSE: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OWN = sorted(name for name, service in SERVICES.items() if service["image"] == "livecount")
LASTING = sorted(set(OWN) - {"topics"})


def test_every_service_is_there() -> None:
    """Kafka, Redis, the topics and each of the four services."""
    assert set(SERVICES) == {"kafka", "redis", *OWN}
    assert OWN == ["aggregator", "intake", "notifier", "ticker", "topics"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_no_more_rights_than_it_needs(name: str) -> None:
    """No capabilities, no new privileges, bounded memory and processes, loopback ports alone."""
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["restart"] in {"unless-stopped", "on-failure:5"}
    assert service.get("read_only", False) is (name != "kafka")
    assert "privileged" not in service
    for port in service.get("ports", ()):
        assert port.startswith("127.0.0.1:")


def test_services_wait_for_what_they_need() -> None:
    """A service starts once Kafka and Redis are healthy and the topics are made."""
    for name in LASTING:
        conditions = {
            other: wait["condition"] for other, wait in SERVICES[name]["depends_on"].items()
        }
        assert conditions == {
            "kafka": "service_healthy",
            "redis": "service_healthy",
            "topics": "service_completed_successfully",
        }
    for name in (*LASTING, "kafka", "redis"):
        assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", OWN)
def test_environment_and_secrets_are_settings(name: str) -> None:
    """Each variable and each secret file is a setting that exists, with a usable value."""
    fields = Settings.model_fields
    environment = dict(SERVICES[name]["environment"])

    assert environment.pop("LIVECOUNT_SECRETS_DIR") == "/run/secrets"
    values = {key.removeprefix("LIVECOUNT_").lower(): value for key, value in environment.items()}
    Settings.model_validate(values)
    for secret in SERVICES[name]["secrets"]:
        assert secret.removeprefix("livecount_") in fields
        assert COMPOSE["secrets"][secret]["file"] == f".local/secrets/{secret}"


def test_no_secret_is_in_the_file() -> None:
    """Neither an environment nor a command holds a password or a token."""
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key
            assert "TOKEN" not in key
            assert "@" not in str(value) or key == "KAFKA_CONTROLLER_QUORUM_VOTERS"


def test_kafka_is_the_version_and_has_the_settings_of_the_tests() -> None:
    """The image's version is the one that the tests run, with the same broker settings."""
    kafka = SERVICES["kafka"]
    assert kafka["image"] == f"apache/kafka:{KAFKA_VERSION}"

    lines = [line for line in SETTINGS.splitlines() if line and not line.startswith("#")]
    local = dict(line.split("=", 1) for line in lines)
    for name in ("auto.create.topics.enable", "message.max.bytes", "offsets.retention.minutes"):
        variable = "KAFKA_" + name.upper().replace(".", "_")
        assert str(kafka["environment"][variable]) == local[name]


def test_redis_starts_with_the_files_configuration(tmp_path: Path) -> None:
    """The Redis command makes a configuration that Redis takes: password, append-only file."""
    (port,) = free_ports(1, random.Random())
    secret = tmp_path / "livecount_redis_password"
    secret.write_text("open-sesame")
    script = SERVICES["redis"]["command"][2].replace("$$", "$")
    script = script.replace("/tmp/redis.conf", "redis.conf")  # noqa: S108 - the container's
    script = script.replace("/run/secrets", str(tmp_path)).replace("/data", str(tmp_path))
    script = script.replace("redis-server", f"{find_redis()}").rstrip() + f" --port {port}"
    server = subprocess.Popen(["sh", "-ec", script], cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        client = redis_client(port)
        assert client.ping()
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    finally:
        server.kill()
        server.wait()


def test_the_image_installs_every_file_that_the_code_reads(tmp_path: Path) -> None:
    """A built package holds the templates, styles, scripts and lists beside the modules."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("schemas", "election", "services"):
        shutil.copytree(CHECKOUT / name, source / name)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, source / name)

    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--no-index", "-q", "-w", tmp_path, source], check=True)

    (wheel,) = tmp_path.glob("livecount-*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    for path in (CHECKOUT / "services").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert path.relative_to(CHECKOUT).as_posix() in packed


def test_the_dockerfile_runs_without_root() -> None:
    """The image's user is not root, packages are pinned by hash, and its command is livecount."""
    text = (CHECKOUT / "Dockerfile").read_text()

    assert "\nUSER 10001:10001\n" in text
    assert "--require-hashes" in text
    assert 'ENTRYPOINT ["livecount"]' in text


@pytest.fixture
def container(settings: Settings, tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """The environment a service has in its container, led to the local stack instead."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "livecount_intake_token").write_text("a-token-of-the-test")
    (secrets / "livecount_desk_token").write_text("a-token-of-the-desk")
    url = settings.redis_url.get_secret_value()
    (secrets / "livecount_redis_password").write_text(url.split(":", 2)[2].split("@")[0])

    def environment(name: str) -> dict[str, str]:
        given = {key: str(value) for key, value in SERVICES[name]["environment"].items()}
        ports = [key for key in given if key.endswith("_PORT")]
        led = {
            "LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
            "LIVECOUNT_REDIS_URL": "redis://" + url.rpartition("@")[2],
            "LIVECOUNT_SECRETS_DIR": str(secrets),
            "LIVECOUNT_NAMESPACE": settings.namespace,
            "LIVECOUNT_SETTINGS_FILE": os.devnull,
        }
        free = free_ports(len(ports), random.Random())
        led |= {key: str(port) for key, port in zip(ports, free, strict=True)}
        return inherited() | given | led

    return environment


def test_the_topics_command_makes_the_topics(container: Callable[[str], dict[str, str]]) -> None:
    """The one-shot service ends with 0, also where the topics are there already."""
    ended = subprocess.run(
        livecount(SERVICES["topics"]["command"]),
        env=container("topics"),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("name", LASTING)
async def test_a_service_starts_and_is_healthy(
    name: str,
    container: Callable[[str], dict[str, str]],
    eventually: Callable[..., Awaitable[object]],
    tmp_path: Path,
) -> None:
    """A service starts, passes its health check, shows its metrics, and ends at SIGTERM."""
    environment = container(name)
    check = SERVICES[name]["healthcheck"]["test"]
    assert check[:2] == ["CMD", "livecount"]
    log = tmp_path / "service.log"

    def healthy() -> bool:
        assert running.poll() is None, log.read_text()
        answer = subprocess.run(
            livecount(check[2:]), env=environment, cwd=CHECKOUT, capture_output=True, check=False
        )
        sys.stdout.write(answer.stderr.decode())
        return answer.returncode == 0

    with log.open("wb") as written:
        running = subprocess.Popen(  # noqa: ASYNC220 - it returns at once
            livecount(SERVICES[name]["command"]),
            env=environment,
            cwd=CHECKOUT,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        await eventually(healthy, 60)
        address = f"http://127.0.0.1:{environment['LIVECOUNT_METRICS_PORT']}"
        async with httpx.AsyncClient(base_url=address) as client:
            assert f"livecount_{name}_" in (await client.get("/metrics")).text
            assert (await client.get("/health/live")).text == "ok\n"
        running.terminate()
        assert running.wait(30) in {0, -signal.SIGTERM}, log.read_text()
        assert "a-token-of-the-test" not in log.read_text()
    finally:
        running.kill()
        running.wait()


def inherited() -> dict[str, str]:
    """Returns this process's environment without settings."""
    own: Mapping[str, str] = os.environ
    return {key: value for key, value in own.items() if not key.startswith("LIVECOUNT_")}


def livecount(arguments: list[str]) -> list[str]:
    """Returns the command line that the image's entry point makes of arguments."""
    return [sys.executable, "-m", "services.cli", *arguments]


def redis_client(port: int) -> Redis:
    """Returns a client that waits until the server of the test listens."""
    return Redis(
        port=port,
        password="open-sesame",  # noqa: S106
        decode_responses=True,
        retry=Retry(ConstantBackoff(0.05), 100),
    )
