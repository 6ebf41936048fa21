"""Addresses in settings, and what counts as one client."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from services.platform.addresses import check_issuer, client_of
from services.platform.settings import Settings


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_what_counts_as_one_client(address: str, client: str) -> None:
    """An IPv4 address is one client, and so is a whole /64 of IPv6, which one line has."""
    assert client_of(address) == client


@pytest.mark.parametrize("name", ["intake_token", "desk_token"])
def test_a_short_token_is_refused_with_its_remedy(name: str) -> None:
    """A token under 16 characters is refused wherever it is set, and is not repeated."""
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({name: "fifteen-letters"})

    (fault,) = caught.value.errors()
    assert fault["loc"] == (name,)
    assert "15 characters; give at least 16" in fault["msg"]
    assert "fifteen" not in str(caught.value)
    kept = Settings.model_validate({name: "sixteen-letters!"})
    assert getattr(kept, name) == SecretStr("sixteen-letters!")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("https://count.example.org", "https://count.example.org"),
        ("https://count.example.org/", "https://count.example.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[2001:db8::1]:8000", "http://[2001:db8::1]:8000"),
    ],
)
def test_the_public_address_is_a_site(given: str, kept: str) -> None:
    """Scheme, host and port are kept, without a slash at the end."""
    assert Settings(public_url=given).public_url == kept


@pytest.mark.parametrize(
    "given",
    [
        "count.example.org",
        "javascript:alert(1)",
        "https://",
        "https://user@example.org",
        "https://example.org/count",
        "https://example.org?x",
        'https://exam"ple.org',
        "https://example.org:port",
        "https://example .org",
    ],
)
def test_anything_else_is_no_public_address(given: str) -> None:
    """Anything but scheme, host and port is refused with an example."""
    with pytest.raises(ValidationError, match=r"https://count\.example\.org"):
        Settings(public_url=given)


def test_proxies_are_addresses_or_networks() -> None:
    """A proxy is named by its address or its network; anything else is refused by name."""
    assert Settings(trusted_proxies="10.0.0.7, 2001:db8::/32").trusted_proxies
    with pytest.raises(ValidationError, match=r"'proxy\.local' is neither"):
        Settings(trusted_proxies="10.0.0.7, proxy.local")


@pytest.mark.parametrize(
    "given",
    [
        "",
        "https://login.example.org",
        "https://login.example.org/",
        "https://login.example.org/realms/news",
        "http://localhost:8080/realms/news",
        "http://127.0.0.1:8080",
    ],
)
def test_an_identity_provider_is_called_as_it_calls_itself(given: str) -> None:
    """With its path, and a slash at the end if it has one."""
    assert check_issuer(given) == given


@pytest.mark.parametrize(
    "given",
    [
        "login.example.org",
        "http://login.example.org",
        "ftp://localhost",
        "https://",
        "https://ann:secret@login.example.org",
        "https://login.example.org/?x=1",
        "https://login.example.org/#x",
        "https://[",
    ],
)
def test_anything_else_is_no_identity_provider(given: str) -> None:
    """Above all none that is asked without TLS on another machine."""
    with pytest.raises(ValueError, match=r"such as https://login\.example\.org"):
        check_issuer(given)


def test_what_an_identity_provider_needs_is_named() -> None:
    """All of it at once."""
    with pytest.raises(ValidationError, match="LIVECOUNT_ENTRY_URL and LIVECOUNT_OIDC_CLIENT_ID"):
        Settings(oidc_issuer="https://login.example.org")
