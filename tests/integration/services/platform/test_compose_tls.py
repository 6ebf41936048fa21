"""compose.tls.yml on top of docker-compose.yml: what it changes is all that TLS needs."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from services.platform.accounts import ADMIN, REDIS_RULES, redis_secret
from services.platform.settings import Settings
from services.platform.stack.kafka_process import tls_properties
from services.platform.stack.ports import free_ports
from services.platform.stack.servers import Certificates
from tests.support.certificates import REDIS_WITH_TLS, make_certificates
from tests.support.checkout import CHECKOUT

BASE: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
OVER: dict[str, Any] = yaml.safe_load((CHECKOUT / "compose.tls.yml").read_text())
SECRETS = Path("/run/secrets")
START_RETRIES = 300

CLIENTS = sorted(
    name
    for name, service in BASE["services"].items()
    if "LIVECOUNT_KAFKA_SECURITY_PROTOCOL" in service.get("environment", {})
)
"""The services that reach Kafka."""


def merged(name: str) -> dict[str, str]:
    """Returns a service's variables as compose merges those of two files."""
    of_files = (file["services"][name].get("environment", {}) for file in (BASE, OVER))
    return {key: str(value) for each in of_files for key, value in each.items()}


def secrets(name: str) -> list[str]:
    """Returns the secrets that the file for TLS adds to a service."""
    found: list[str] = OVER["services"][name]["secrets"]
    return found


def test_every_service_that_reaches_kafka_or_redis_is_changed() -> None:
    """And nothing else: feeds reach neither."""
    assert set(OVER["services"]) == {"kafka", "redis", *CLIENTS}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_service_reaches_both_over_tls(name: str, tmp_path: Path) -> None:
    """Its settings are taken, with the authority's certificate where it is mounted."""
    certificates = make_certificates(tmp_path)
    given = {
        key.removeprefix("LIVECOUNT_").lower(): value.replace(
            str(SECRETS / "livecount_tls_authority"), str(certificates.authority)
        )
        for key, value in merged(name).items()
        if key.startswith(("LIVECOUNT_KAFKA", "LIVECOUNT_REDIS"))
    }
    settings = Settings.model_validate(given)

    assert settings.kafka_security_protocol == "SASL_SSL"
    assert settings.kafka_ssl_cafile == certificates.authority
    url = settings.redis_url.get_secret_value()
    if "redis_url" in given:
        base = BASE["services"][name]["environment"]["LIVECOUNT_REDIS_URL"]
        assert url == base.replace("redis://", "rediss://")
        assert settings.redis_ssl_cafile == certificates.authority
    assert secrets(name) == ["livecount_tls_authority"]


def test_only_a_server_is_given_its_key() -> None:
    """The authority's own key is in no container."""
    files = {name: each["file"] for name, each in OVER["secrets"].items()}

    assert files == {
        "livecount_tls_authority": ".local/tls/authority.pem",
        "livecount_tls_kafka": ".local/tls/kafka.pem",
        "livecount_tls_redis": ".local/tls/redis.pem",
    }
    for name, further in (("kafka", "livecount_tls_kafka"), ("redis", "livecount_tls_redis")):
        assert secrets(name) == ["livecount_tls_authority", further]


def test_kafka_speaks_tls_as_in_the_tests() -> None:
    """Clients and controllers, with the same settings as a local stack with certificates."""
    certificates = Certificates(
        SECRETS / "livecount_tls_authority", SECRETS / "livecount_tls_kafka", Path()
    )
    expected = {
        f"KAFKA_{key.upper().replace('.', '_')}": value
        for key, _, value in (
            line.partition("=") for line in tls_properties(certificates).splitlines()
        )
    }

    assert OVER["services"]["kafka"]["environment"] == expected
    # The image would ask for a keystore in its own format where it reads this.
    assert "SSL://" not in merged("kafka")["KAFKA_ADVERTISED_LISTENERS"]


def test_redis_starts_with_the_configuration_of_both_files(tmp_path: Path) -> None:
    """It takes TLS by its certificate, and nothing else at any port."""
    (port,) = free_ports(1, random.Random())
    certificates = make_certificates(tmp_path / "tls")
    for name in REDIS_RULES:
        (tmp_path / redis_secret(name)).write_text("open-sesame")
    shutil.copy(certificates.authority, tmp_path / "livecount_tls_authority")
    shutil.copy(certificates.redis, tmp_path / "livecount_tls_redis")
    server = tmp_path / "valkey-server"
    server.symlink_to(shutil.which(REDIS_WITH_TLS) or "missing")
    script = BASE["services"]["redis"]["command"][2].replace("$$", "$")
    script = script.replace("/tmp/redis.conf", "redis.conf")  # noqa: S108 - the container's
    script = script.replace("/run/secrets", str(tmp_path)).replace("/data", str(tmp_path))
    script = script.replace("exec valkey-server", f"exec {server}")
    further = OVER["services"]["redis"]["environment"]["REDIS_FURTHER"]
    further = further.replace("/run/secrets", str(tmp_path)).replace("6379", str(port))
    running = subprocess.Popen(
        ["sh", "-ec", script],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "REDIS_FURTHER": further},
        stdout=subprocess.DEVNULL,
    )
    try:
        client = Redis(
            port=port,
            host="127.0.0.1",
            username=ADMIN,
            password="open-sesame",  # noqa: S106 - written above
            ssl=True,
            ssl_ca_certs=str(certificates.authority),
            retry=Retry(ConstantBackoff(0.1), START_RETRIES),
            decode_responses=True,
        )
        assert client.ping()
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("tls-auth-clients") == {"tls-auth-clients": "no"}
    finally:
        running.kill()
        running.wait()
