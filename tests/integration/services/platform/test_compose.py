"""The compose file and the image, as far as they can be tried without a Docker daemon.

Each service's command and health check run here as processes, in the environment that the file
gives them, at the local stack instead of the containers it names.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
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
from typer.main import get_command

from services.cli import app
from services.notifier.channels_file import load_channels
from services.platform.accounts import (
    ACCOUNTS,
    ADMIN,
    KAFKA_ACCOUNTS,
    REDIS_RULES,
    Account,
    kafka_secret,
    redis_secret,
)
from services.platform.settings import Settings
from services.platform.stack.kafka_jars import KAFKA_VERSION
from services.platform.stack.kafka_process import SETTINGS, login_properties
from services.platform.stack.ports import free_ports
from services.platform.stack.redis_process import find_redis
from services.push.vapid import new_private_key
from tests.support.checkout import CHECKOUT
from tests.support.feeding import write_night

COMPOSE: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OWN = sorted(name for name, each in SERVICES.items() if each["image"].endswith(":-livecount}"))
FEEDS = [name for name in OWN if name.startswith("feed-")]
MONITORING = ["grafana", "prometheus"]
BUILD_STAGE, IMAGE_STAGE = (CHECKOUT / "Dockerfile").read_text().split("\nFROM ")[1:]
LASTING = sorted(set(OWN) - {"topics", "audit", *FEEDS})


def test_every_service_is_there() -> None:
    """Kafka, Redis, the topics, six services; if asked for push, the audit, feeds, monitoring."""
    assert set(SERVICES) == {"kafka", "redis", *MONITORING, *OWN}
    assert [SERVICES[name]["profiles"] for name in MONITORING] == [["observability"]] * 2
    services = ["aggregator", "entry", "intake", "nation", "notifier", "ticker", "topics"]
    assert sorted(name for name in OWN if "profiles" not in SERVICES[name]) == services
    profiles = {name: SERVICES[name].get("profiles") for name in OWN}
    assert {name for name, given in profiles.items() if given == ["audit"]} == {"audit"}
    assert {name for name, given in profiles.items() if given == ["push"]} == {"push"}
    assert [name for name, given in profiles.items() if given == ["feeds"]] == FEEDS


def test_every_feed_that_there_is_has_a_service() -> None:
    """The command of each is one of `livecount feed`, and no two are the same."""
    group = get_command(app).commands["feed"]  # type: ignore[attr-defined]

    assert sorted(SERVICES[name]["command"][1] for name in FEEDS) == sorted(group.commands)
    for name in FEEDS:
        assert name == f"feed-{SERVICES[name]['command'][1]}"


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_no_more_rights_than_it_needs(name: str) -> None:
    """No capabilities, no new privileges, bounded memory and processes, loopback ports alone."""
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["restart"] in {"unless-stopped", "on-failure:5", "no"}
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
    for name in (*LASTING, *FEEDS):
        asked = name if not name.startswith("feed-") else "feed"
        assert SERVICES[name]["healthcheck"]["test"] == ["CMD", "healthcheck", asked]


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_reaches_intake_and_nothing_else_of_livecount(name: str) -> None:
    """It has its key's token and the folders that it reads, and can change none of them."""
    service = SERVICES[name]
    feeds = {other for other, each in SERVICES.items() if "feeds" in each.get("networks", ())}

    assert service["networks"] == ["feeds"]
    assert feeds == {"intake", "ticker", "prometheus", *FEEDS}
    assert service["depends_on"] == {"intake": {"condition": "service_healthy"}}
    token = f"livecount_{name.replace('-', '_')}"
    assert secrets_of(name) == {token: "livecount_feed_token"}
    assert {each["target"] for each in service["volumes"]} <= {"/night", "/in"}
    for each in service["volumes"]:
        assert (each["type"], each["read_only"]) == ("bind", True)
        assert each["bind"] == {"create_host_path": False}
    assert "ports" not in service
    assert not [key for key in service["environment"] if "KAFKA" in key or "REDIS" in key]


def test_monitoring_is_closed_to_whoever_has_no_password() -> None:
    """Grafana has one from a file and shows nothing without; neither has an account of ours.

    Their files are mounted read-only, and their images are of one version.
    """
    environment = SERVICES["grafana"]["environment"]

    (file,) = [value for key, value in environment.items() if key.endswith("_PASSWORD__FILE")]
    assert file == "/run/secrets/livecount_grafana_admin"
    assert environment["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    assert environment["GF_USERS_ALLOW_SIGN_UP"] == "false"
    assert SERVICES["grafana"]["networks"] == ["monitoring"]
    given = {name: SERVICES[name].get("secrets", []) for name in MONITORING}
    assert given == {"prometheus": [], "grafana": ["livecount_grafana_admin"]}
    for name in MONITORING:
        assert re.fullmatch(r"[a-z]+/[a-z]+:v?\d+\.\d+\.\d+", SERVICES[name]["image"])
        for volume in SERVICES[name]["volumes"]:
            source, _, options = volume.split(":") if volume.count(":") == 2 else (volume, "", "")
            assert options == ("ro" if source.startswith("./") else "")
            assert not source.startswith("./") or (CHECKOUT / source).is_dir()


def test_the_ticker_asks_the_feeds_that_the_environment_names() -> None:
    """None unless it does: each that is named and not started would be told as broken."""
    assert SERVICES["ticker"]["environment"]["LIVECOUNT_FEEDS"] == "${LIVECOUNT_FEEDS:-}"


@pytest.mark.parametrize("name", OWN)
def test_environment_and_secrets_are_settings(name: str) -> None:
    """Each variable and each secret file is a setting that exists, with a usable value."""
    fields = Settings.model_fields
    environment = dict(SERVICES[name]["environment"])

    assert environment.pop("LIVECOUNT_SECRETS_DIR") == "/run/secrets"
    values = {
        key.removeprefix("LIVECOUNT_").lower(): without_variables(value)
        for key, value in environment.items()
    }
    Settings.model_validate(values)
    for source, target in secrets_of(name).items():
        assert COMPOSE["secrets"][source]["file"] == f".local/secrets/{source}"
        if name != "topics":
            assert target.removeprefix("livecount_") in fields


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.name)
def test_a_service_has_the_passwords_of_its_own_account_only(account: Account) -> None:
    """It is given its own name and password of Kafka, and those of Redis if it is known there."""
    environment, given = SERVICES[account.name]["environment"], secrets_of(account.name)

    assert environment["LIVECOUNT_KAFKA_SASL_USERNAME"] == account.name
    expected = {kafka_secret(account.name): "livecount_kafka_sasl_password"}
    if account.redis:
        assert environment["LIVECOUNT_REDIS_URL"] == f"redis://{account.name}@redis:6379/0"
        expected[redis_secret(account.name)] = "livecount_redis_password"
    assert {s: t for s, t in given.items() if "_kafka_" in s or "_redis_" in s} == expected


def test_the_service_that_makes_the_accounts_knows_them_all() -> None:
    """The topics' service has every password, Redis those of its accounts, Kafka its own."""
    kafka = {kafka_secret(name) for name in KAFKA_ACCOUNTS}
    redis = {redis_secret(name) for name in REDIS_RULES}

    assert set(secrets_of("topics")) == kafka | redis
    assert set(secrets_of("redis")) == redis
    assert set(secrets_of("kafka")) == {kafka_secret(ADMIN)}


def test_the_secrets_are_made_private_also_in_a_folder_that_was_not(tmp_path: Path) -> None:
    """The script makes every secret once, and closes a folder that others could enter."""
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(CHECKOUT / "scripts" / "secrets", tmp_path / "scripts" / "secrets")
    folder = tmp_path / ".local" / "secrets"
    folder.mkdir(parents=True)
    folder.chmod(0o777)

    subprocess.run([script], check=True)
    made = {file.name: file.read_text() for file in folder.iterdir()}
    channels = tmp_path / ".local" / "config" / "channels.toml"
    assert [channel.url for channel in load_channels(channels)] == ["console://"]
    channels.write_text("# the newsroom's own")
    subprocess.run([script], check=True)

    assert {file.name: file.read_text() for file in folder.iterdir()} == made
    assert folder.stat().st_mode & 0o777 == 0o700
    of_feeds = {secret for name in FEEDS for secret in secrets_of(name)}
    of_push = {"livecount_push_private_key"}
    assert set(made) == set(COMPOSE["secrets"]) - of_feeds - of_push
    assert channels.read_text() == "# the newsroom's own"
    assert channels.stat().st_mode & 0o077 == 0
    assert {len(secret) for secret in made.values()} == {48}
    assert len(set(made.values())) == len(made)


def test_no_secret_is_in_the_file() -> None:
    """Neither an environment nor a command holds a password or a token."""
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key.removesuffix("_PASSWORD__FILE")
            assert "TOKEN" not in key
            assert "@" not in str(value) or key in {
                "KAFKA_CONTROLLER_QUORUM_VOTERS",
                "LIVECOUNT_REDIS_URL",
            }
            assert not re.search(r"://[^/]*:[^/]*@", str(value))


def test_kafka_is_the_version_and_has_the_settings_of_the_tests() -> None:
    """The image's version is the one that the tests run, with the same broker settings."""
    kafka = SERVICES["kafka"]
    assert without_variables(kafka["image"]) == f"apache/kafka:{KAFKA_VERSION}"

    lines = [line for line in SETTINGS.splitlines() if line and not line.startswith("#")]
    local = dict(line.split("=", 1) for line in lines)
    for name in (
        "auto.create.topics.enable",
        "message.max.bytes",
        "offsets.retention.minutes",
        "listener.security.protocol.map",
        "inter.broker.listener.name",
        "sasl.enabled.mechanisms",
        "sasl.mechanism.inter.broker.protocol",
        "sasl.mechanism.controller.protocol",
        "listener.name.controller.sasl.enabled.mechanisms",
        "authorizer.class.name",
        "super.users",
        "allow.everyone.if.no.acl.found",
    ):
        variable = "KAFKA_" + name.upper().replace(".", "_")
        assert str(kafka["environment"][variable]) == local[name]


def test_kafka_is_told_the_administrators_password_from_its_file(tmp_path: Path) -> None:
    """The Kafka command hands the image the logins that the local stack's brokers have."""
    (tmp_path / "livecount_kafka_admin").write_text("open-sesame")
    script = SERVICES["kafka"]["command"][2].replace("$$", "$")
    script = script.replace("/run/secrets", str(tmp_path)).replace("/etc/kafka/docker/run", "env")

    told = subprocess.run(
        ["sh", "-ec", script], env={}, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    told += [
        f"{name}={value}"
        for name, value in SERVICES["kafka"]["environment"].items()
        if name.endswith("_JAAS_CONFIG")
    ]

    # As the image does it.
    names = {
        line.partition("=")[0]
        .removeprefix("KAFKA_")
        .lower()
        .replace("___", "-")
        .replace("_", "."): line.partition("=")[2]
        for line in told
        if "_JAAS_CONFIG" in line
    }
    local = login_properties("CLIENTS", "open-sesame") + login_properties(
        "CONTROLLER", "open-sesame"
    )
    expected = dict(line.split("=", 1) for line in local.splitlines())
    # No account logs in to the controller.
    expected.pop("listener.name.controller.scram-sha-512.sasl.jaas.config")
    assert names == expected


def kafka_check(host: str, port: str) -> tuple[int, str]:
    """Runs Kafka's health check against an address; returns its exit status and output."""
    script = SERVICES["kafka"]["healthcheck"]["test"][3].replace("$$", "$")
    script = script.replace("/dev/tcp/127.0.0.1/9092", f"/dev/tcp/{host}/{port}")
    script = script.replace("timeout 10", "timeout 0.2").replace("kill -s KILL -- -1", "echo ended")
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_kafka_is_healthy_if_it_answers_and_is_ended_if_it_hangs(settings: Settings) -> None:
    """A broker answers though nobody has logged in; who only takes connections is ended."""
    host, _, port = settings.kafka_bootstrap_servers.partition(",")[0].partition(":")

    assert kafka_check(host, port) == (0, "")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        taken = str(silent.getsockname()[1])
        assert kafka_check("127.0.0.1", taken) == (1, "ended\n")
    assert kafka_check("127.0.0.1", taken) == (1, "")


def test_redis_starts_with_the_files_configuration(tmp_path: Path) -> None:
    """The Redis command makes a configuration that Redis takes: accounts, append-only file."""
    (port,) = free_ports(1, random.Random())
    for name in REDIS_RULES:
        (tmp_path / redis_secret(name)).write_text("open-sesame")
    script = SERVICES["redis"]["command"][2].replace("$$", "$")
    script = script.replace("/tmp/redis.conf", "redis.conf")  # noqa: S108 - the container's
    script = script.replace("/run/secrets", str(tmp_path)).replace("/data", str(tmp_path))
    script = script.replace("valkey-server", f"{find_redis()}").rstrip() + f" --port {port}"
    server = subprocess.Popen(["sh", "-ec", script], cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        client = redis_client(port)
        assert client.ping()
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        for name, rules in REDIS_RULES.items():
            client.acl_setuser("expected", enabled=True, reset=True)
            client.execute_command("ACL", "SETUSER", "expected", *rules.split())
            found, expected = client.acl_getuser(name), client.acl_getuser("expected")
            for part in ("commands", "keys", "channels"):
                assert found[part] == expected[part]
        assert "off" in client.acl_getuser("default")["flags"]
    finally:
        server.kill()
        server.wait()


def test_the_image_installs_every_file_that_the_code_reads(tmp_path: Path) -> None:
    """A built package holds the templates, styles, scripts and lists beside the modules."""
    source = tmp_path / "source"
    source.mkdir()
    for name in copied(BUILD_STAGE) - {"requirements"}:
        copy = shutil.copytree if (CHECKOUT / name).is_dir() else shutil.copy
        copy(CHECKOUT / name, source / name)

    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--no-index", "-q", "-w", tmp_path, source], check=True)

    (wheel,) = tmp_path.glob("livecount-*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    # The files beside the schemas are for others, and nothing reads them.
    for package in packages_of_the_project() - {"schemas"}:
        for path in (CHECKOUT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".md":
                assert path.relative_to(CHECKOUT).as_posix() in packed


def test_the_image_is_built_from_every_package_of_the_project() -> None:
    """The Dockerfile copies what pyproject.toml packs, and the build may see what it copies."""
    seen = set(re.findall(r"^!(\S+?)/?$", (CHECKOUT / ".dockerignore").read_text(), re.MULTILINE))

    assert packages_of_the_project() <= copied(BUILD_STAGE)
    assert copied(BUILD_STAGE) | copied(IMAGE_STAGE) == seen


def test_the_dockerfile_runs_without_root() -> None:
    """The image's user is not root, packages are pinned by hash, and its command is livecount."""
    text = (CHECKOUT / "Dockerfile").read_text()

    assert "\nUSER 10001:10001\n" in text
    assert "--require-hashes" in text
    assert 'ENTRYPOINT ["livecount"]' in text
    assert 'CMD ["healthcheck"]' in IMAGE_STAGE
    assert "org.opencontainers.image.revision" in IMAGE_STAGE


def copied(stage: str) -> set[str]:
    """Returns the paths of the checkout that a stage of the Dockerfile copies."""
    lines = re.findall(r"^COPY (.*)$", stage, re.MULTILINE)
    words = [
        [word for word in line.split() if word[:2] != "--"]
        for line in lines
        if "--from" not in line
    ]
    return {path for line in words for path in line[:-1]}


def packages_of_the_project() -> set[str]:
    """Returns the top-level packages that pyproject.toml packs."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    found = project["tool"]["setuptools"]["packages"]["find"]["include"]
    return {pattern.rstrip("*") for pattern in found}


@pytest.fixture
def container(settings: Settings, tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """The environment a service has in its container, led to the local stack instead."""
    accounts = settings.accounts_dir
    assert accounts is not None
    of_feeds = [secret for name in FEEDS for secret in secrets_of(name)]
    tokens = dict.fromkeys([*of_feeds, "livecount_intake_token"], "a-token-of-the-test") | {
        "livecount_desk_token": "a-token-of-the-desk",
        "livecount_entry_secret": "what-sessions-are-signed-with",
        "livecount_push_private_key": new_private_key(),
    }
    address = settings.redis_url.get_secret_value().rpartition("@")[2]
    secrets = tmp_path / "secrets"
    secrets.mkdir()

    def environment(name: str) -> dict[str, str]:
        for source, target in secrets_of(name).items():
            text = tokens.get(source) or (accounts / source).read_text()
            (secrets / target).write_text(text)
        given = {
            key: without_variables(value) for key, value in SERVICES[name]["environment"].items()
        }
        ports = [key for key in given if key.endswith("_PORT")]
        led = {
            "LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
            "LIVECOUNT_SECRETS_DIR": str(secrets),
            "LIVECOUNT_NAMESPACE": settings.namespace,
            "LIVECOUNT_SETTINGS_FILE": os.devnull,
        }
        if name == "notifier":
            led["LIVECOUNT_NOTIFIER_CHANNELS_FILE"] = ""
        if name == "push":
            led["LIVECOUNT_PUSH_CONTACT"] = "mailto:desk@newsroom.example"
        for key, place in {
            "LIVECOUNT_REDIS_URL": lambda url: url.replace("redis:6379/0", address),
            "LIVECOUNT_ACCOUNTS_DIR": lambda _: str(secrets),
        }.items():
            if key in given:
                led[key] = place(given[key])
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
    command = livecount(SERVICES[name]["command"])
    await starts(name, command, container(name), eventually, tmp_path / "service.log")


@pytest.mark.parametrize("name", FEEDS)
async def test_a_feed_starts_and_is_healthy(
    name: str,
    container: Callable[[str], dict[str, str]],
    eventually: Callable[..., Awaitable[object]],
    tmp_path: Path,
) -> None:
    """The same of a feed, with a night and an empty folder where its own are mounted."""
    night, folder = write_night(tmp_path / "night"), tmp_path / "in"
    folder.mkdir()
    nowhere = "http://127.0.0.1:9/"
    (night / "moderngov.csv").write_text(f"council,address\nBarnet,{nowhere}\n")
    places = {"/night": str(night), "/in": str(folder)}
    command = livecount([places.get(each, each) for each in SERVICES[name]["command"]])
    environment = container(name) | {
        "LIVECOUNT_FETCH_CONTACT": "desk@newsroom.example",
        "LIVECOUNT_SOURCE_DEMOCRACY_CLUB": nowhere,
    }

    await starts(name, command, environment, eventually, tmp_path / "service.log")


async def starts(
    name: str,
    command: list[str],
    environment: dict[str, str],
    eventually: Callable[..., Awaitable[object]],
    log: Path,
) -> None:
    """Starts a service, and asserts that it becomes healthy, has metrics, and ends."""
    check = SERVICES[name]["healthcheck"]["test"]
    assert check[:2] == ["CMD", "healthcheck"]

    def healthy() -> bool:
        assert running.poll() is None, text_of(log)
        answer = subprocess.run(
            [sys.executable, CHECKOUT / "scripts" / "healthcheck.py", *check[2:]],
            env=environment,
            capture_output=True,
            check=False,
        )
        sys.stdout.write(answer.stdout.decode())
        return answer.returncode == 0

    with log.open("wb") as written:
        running = subprocess.Popen(  # noqa: ASYNC220 - it returns at once
            command,
            env=environment,
            cwd=CHECKOUT,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        await eventually(healthy, 60)
        address = f"http://127.0.0.1:{environment['LIVECOUNT_METRICS_PORT']}"
        async with httpx.AsyncClient(base_url=address) as client:
            assert f"livecount_{name.partition('-')[0]}_" in (await client.get("/metrics")).text
            assert (await client.get("/health/live")).text == "ok\n"
        running.terminate()
        assert running.wait(30) in {0, -signal.SIGTERM}, text_of(log)
        assert "a-token-of-the-test" not in text_of(log)
    finally:
        running.kill()
        running.wait()


def text_of(log: Path) -> str:
    return log.read_text()


def without_variables(value: object) -> str:
    """Returns a value as compose has it if no variable that it names is set."""
    return re.sub(r"\$\{\w+:-(.*?)\}", r"\1", str(value))


def secrets_of(service: str) -> dict[str, str]:
    """Returns the names under which a container has its secrets, by the secrets' own names."""
    given = SERVICES[service].get("secrets", [])
    return {
        each if isinstance(each, str) else each["source"]: each
        if isinstance(each, str)
        else each["target"]
        for each in given
    }


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
        username=ADMIN,
        password="open-sesame",  # noqa: S106
        decode_responses=True,
        retry=Retry(ConstantBackoff(0.05), 100),
    )
