"""Settings that would not encrypt, or not check, what they look as if they did, are refused."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import trustme
from pydantic import SecretStr

from services.cli import main
from services.platform import kafka, namespace
from services.platform.accounts import ADMIN, account_settings
from services.platform.exit_status import ExitStatus
from services.platform.settings import Settings, load_settings
from services.platform.stack.secret_files import write_secrets

Said: TypeAlias = Callable[..., tuple[object, str]]


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """The file of an authority."""
    file = tmp_path / "authority.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    return file


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs `livecount topics list` with settings, and returns its status and what it said."""

    def run(**settings: str) -> tuple[object, str]:
        for name in [name for name in os.environ if name.startswith("LIVECOUNT_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("LIVECOUNT_SETTINGS_FILE", os.devnull)
        for name, value in settings.items():
            monkeypatch.setenv(f"LIVECOUNT_{name.upper()}", value)
        monkeypatch.setattr(sys, "argv", ["livecount", "topics", "list"])
        load_settings.cache_clear()
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, capsys.readouterr().err

    return run


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SASL_PLAINTEXT"])
def test_an_authority_for_a_kafka_without_tls_is_refused(
    said: Said, authority: Path, protocol: str
) -> None:
    """It looks as if what travels were encrypted."""
    status, text = said(kafka_ssl_cafile=str(authority), kafka_security_protocol=protocol)

    assert status == ExitStatus.UNUSABLE
    assert f"LIVECOUNT_KAFKA_SSL_CAFILE: {str(authority)!r}" in text
    assert f"LIVECOUNT_KAFKA_SECURITY_PROTOCOL is {protocol}" in text
    assert "set it to SASL_SSL, or leave this unset" in text


def test_an_authority_for_a_redis_without_tls_is_refused(said: Said, authority: Path) -> None:
    """And the password in its URL is not shown."""
    status, text = said(
        redis_ssl_cafile=str(authority), redis_url="redis://ticker:hunter2@redis.example"
    )

    assert status == ExitStatus.UNUSABLE
    assert f"LIVECOUNT_REDIS_SSL_CAFILE: {str(authority)!r}" in text
    assert "begin it with rediss://" in text
    assert "hunter2" not in text


def test_a_file_of_an_authority_that_is_of_no_use_is_named(said: Said, tmp_path: Path) -> None:
    """One that is missing, one that is a folder, and one without a certificate."""
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate\n")

    for file, fault in (
        (tmp_path / "missing.pem", "No such file or directory"),
        (tmp_path, "Is a directory"),
        (empty, "there is no certificate in it"),
    ):
        status, text = said(
            kafka_security_protocol="SASL_SSL",
            kafka_ssl_cafile=str(file),
            redis_url="rediss://redis.example",
            redis_ssl_cafile=str(file),
        )
        assert status == ExitStatus.UNUSABLE
        for name in ("KAFKA", "REDIS"):
            assert f"LIVECOUNT_{name}_SSL_CAFILE: {str(file)!r}: Value error, {fault}" in text
        assert "in PEM" in text


@pytest.mark.parametrize(
    "option", ["ssl_cert_reqs=none", "ssl_check_hostname=false", "ssl_ca_certs=/etc/other"]
)
def test_a_url_of_redis_cannot_switch_checks_off(said: Said, option: str) -> None:
    """The client of Redis would obey it."""
    status, text = said(redis_url=f"rediss://ticker:hunter2@redis.example?{option}")

    assert status == ExitStatus.UNUSABLE
    assert f"LIVECOUNT_REDIS_URL: '': Value error, {option.partition('=')[0]} in the URL" in text
    assert "LIVECOUNT_REDIS_SSL_CAFILE" in text
    assert "hunter2" not in text


def test_a_url_of_redis_with_another_scheme_is_refused(said: Said) -> None:
    """With those that there are."""
    status, text = said(redis_url="https://:hunter2@redis.example")

    assert status == ExitStatus.UNUSABLE
    assert "the scheme is 'https'; give redis://, or rediss:// for Redis over TLS" in text
    assert "hunter2" not in text


def test_no_secret_is_shown_for_a_fault_that_concerns_several_settings(said: Said) -> None:
    """What is at fault is all of them, so only what to set is said."""
    secret = {"kafka_sasl_password": "hunter2hunter2"}
    status, text = said(oidc_issuer="https://login.example.org", **secret)

    assert status == ExitStatus.UNUSABLE
    assert "oidc_issuer: set LIVECOUNT_ENTRY_URL" in text
    assert "hunter2" not in text


def test_a_secret_that_is_too_short_is_not_shown(said: Said) -> None:
    """What sessions are signed with, as any token."""
    secret = {"entry_secret": "hunter2"}
    status, text = said(**secret)

    assert status == ExitStatus.UNUSABLE
    assert "LIVECOUNT_ENTRY_SECRET: ''" in text
    assert "hunter2" not in text


def test_a_client_checks_chain_and_name_and_speaks_no_old_tls(authority: Path) -> None:
    """TLS 1.2 at least, whether the authority is given or the system's."""
    for file in (authority, None):
        context = kafka.connection(
            Settings(kafka_security_protocol="SASL_SSL", kafka_ssl_cafile=file)
        )["ssl_context"]
        assert context.verify_mode == ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_only_the_authority_that_is_given_is_believed(authority: Path) -> None:
    """None of the system's beside it."""
    context = kafka.connection(
        Settings(kafka_security_protocol="SASL_SSL", kafka_ssl_cafile=authority)
    )["ssl_context"]

    assert len(context.get_ca_certs()) == 1


def test_accounts_from_a_directory_use_tls_if_the_settings_do(
    authority: Path, tmp_path: Path
) -> None:
    """The administrator's password, which travels to Kafka as it is, included."""
    write_secrets(tmp_path / "secrets")
    settings = Settings(
        kafka_security_protocol="SASL_SSL",
        kafka_ssl_cafile=authority,
        redis_url=SecretStr("rediss://redis.example:6379/0"),
        redis_ssl_cafile=authority,
        accounts_dir=tmp_path / "secrets",
    )

    for account in (ADMIN, "ticker"):
        own = account_settings(settings, account)
        assert own.kafka_security_protocol == "SASL_SSL"
        assert own.redis_url.get_secret_value().startswith(f"rediss://{account}:")
        given = namespace.environment(own)
        assert given["LIVECOUNT_KAFKA_SSL_CAFILE"] == str(authority)
        assert given["LIVECOUNT_REDIS_SSL_CAFILE"] == str(authority)
    without = account_settings(Settings(accounts_dir=tmp_path / "secrets"), "ticker")
    assert without.kafka_security_protocol == "SASL_PLAINTEXT"
