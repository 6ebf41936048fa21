"""The manifests for Kubernetes give each service its settings, and secrets by name only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import trustme

from services.platform.accounts import ACCOUNTS, ADMIN
from services.platform.settings import Settings
from tests.support.manifests import (
    COMPOSE,
    CONFIG,
    PODS,
    WORKLOADS,
    container,
    environment,
    folders,
    of_kind,
    secret_files,
)


@pytest.mark.parametrize("name", WORKLOADS)
def test_variables_and_secret_files_are_settings(name: str, tmp_path: Path) -> None:
    """Each exists and has a usable value, and no other is given."""
    authority = tmp_path / "authority.crt"
    trustme.CA().cert_pem.write_to_path(str(authority))
    given = environment(name)
    given.pop("VALKEY_ADDRESS", None)
    values = {key.removeprefix("LIVECOUNT_").lower(): value for key, value in given.items()}

    assert values.pop("secrets_dir") in folders(name)
    assert all(key.startswith("LIVECOUNT_") for key in given)
    assert set(values) <= set(Settings.model_fields)
    # Settings read the file, which is here in another place.
    here = {key: str(authority) for key in values if key.endswith("_ssl_cafile")}
    Settings.model_validate(values | here)
    for file in secret_files(name):
        assert file.removeprefix("livecount_") in Settings.model_fields
    for key in ("keys_file", "notifier_channels_file", *here):
        assert key not in values or str(Path(values[key]).parent) in folders(name)


def test_every_configured_value_is_used() -> None:
    """Each list of settings is given to somebody."""
    given = {
        each["configMapRef"]["name"] for name in PODS for each in container(name).get("envFrom", ())
    }

    assert given == set(CONFIG)


@pytest.mark.parametrize("account", [*ACCOUNTS, None], ids=lambda each: each.name if each else "-")
def test_a_service_has_the_passwords_of_its_own_account_only(account: Any) -> None:
    """Of Kafka, and of Valkey if it has business there. The administrator makes the topics."""
    name, user = (account.name, account.name) if account else ("topics", ADMIN)
    given, settings = secret_files(name), environment(name)
    expected = {"livecount_kafka_sasl_password": f"livecount-kafka-{user}"}
    if account and account.redis:
        expected["livecount_redis_password"] = f"livecount-valkey-{user}"
        assert settings["LIVECOUNT_REDIS_URL"].startswith(f"rediss://{user}@valkey.")

    assert settings["LIVECOUNT_KAFKA_SASL_USERNAME"] == user
    assert {file: own for file, own in given.items() if "_kafka_" in file or "_redis_" in file} == (
        expected
    )


def test_other_secrets_are_those_of_compose() -> None:
    """Tokens and keys go to the same services."""
    for name in WORKLOADS:
        compose = {
            each["target"] if isinstance(each, dict) else each
            for each in COMPOSE[name].get("secrets", ())
        }
        ours = {file for file in secret_files(name) if "_kafka_" not in file}
        # Intake has a file of keys instead, one for each source.
        theirs = compose - {"livecount_intake_token"}
        theirs = {file for file in theirs if "_kafka_" not in file}
        if name != "topics":
            assert ours == theirs


def test_no_secret_is_in_a_file() -> None:
    """Secrets are named, and made by hand or by an operator."""
    assert not of_kind("Secret")
    for name in WORKLOADS:
        for key, value in environment(name).items():
            assert not re.search("PASSWORD|TOKEN|PRIVATE_KEY|SECRET$", key)
            assert not re.search(r"://[^/@]*:[^/@]*@", value)


def test_a_broker_may_be_lost() -> None:
    """Three copies of everything, two of which confirm each write."""
    kafka = CONFIG["livecount-kafka"]

    assert kafka["LIVECOUNT_KAFKA_REPLICATION_FACTOR"] == "3"
    assert kafka["LIVECOUNT_KAFKA_MIN_INSYNC_REPLICAS"] == "2"
    assert kafka["LIVECOUNT_KAFKA_SECURITY_PROTOCOL"] == "SASL_SSL"


def test_pages_are_found_where_the_settings_say() -> None:
    """Each host has TLS, and leads to a service that there is."""
    site, hosts = CONFIG["livecount-site"], {}
    for name, ingress in of_kind("Ingress").items():
        (rule,) = ingress["spec"]["rules"]
        (path,) = rule["http"]["paths"]
        assert path["backend"] == {"service": {"name": name, "port": {"name": "http"}}}
        assert ingress["spec"]["tls"][0]["hosts"] == [rule["host"]]
        hosts[name] = f"https://{rule['host']}"

    assert set(hosts) == {"intake", "entry", "ticker"}
    assert hosts["ticker"] == site["LIVECOUNT_PUBLIC_URL"]
    assert hosts["entry"] == site["LIVECOUNT_ENTRY_URL"]
