"""Addresses of clients and proxies: as settings name them, and as limits count them."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

IPV6_PREFIX_BITS: Final = 64
"""One line of one subscriber has a whole /64, so that its addresses count as one client."""

_KNOWN_CLIENTS: Final = 16_384
"""Clients whose key is remembered: as many as are connected at the same time."""


def networks(listed: str) -> list[str]:
    """Returns the addresses and networks of a comma-separated list."""
    return [part.strip() for part in listed.split(",") if part.strip()]


def check_networks(listed: str) -> str:
    """Returns a comma-separated list of addresses and networks unchanged.

    Raises ValueError that names what is neither.
    """
    for part in networks(listed):
        try:
            ipaddress.ip_network(part)
        except ValueError as error:
            raise ValueError(
                f"{part!r} is neither an address nor a network; give such as 10.0.0.7 or 10.0.0.0/8"
            ) from error
    return listed


def named_addresses(listed: str) -> dict[str, str]:
    """Returns the addresses of a list such as `a=http://127.0.0.1:9201 b=http://…`, by name."""
    pairs = (part.partition("=") for part in listed.split())
    return {name: address.rstrip("/") for name, _, address in pairs}


def check_named_addresses(listed: str) -> str:
    """Returns a list of named addresses unchanged. Raises ValueError that says what is none."""
    names = [part.partition("=")[0] for part in listed.split()]
    for part in listed.split():
        name, _, address = part.partition("=")
        remedy = "give a name and an address, such as agency=http://127.0.0.1:9201"
        if not re.fullmatch(r"[a-z0-9-]{1,60}", name) or not address:
            raise ValueError(f"{part!r} is no named address; {remedy}")
        if names.count(name) > 1:
            raise ValueError(f"{name!r} is named twice; {remedy}")
        check_public_url(address)
    return listed


def check_public_url(url: str) -> str:
    """Returns the address of a site without a slash at its end; an empty one stays empty.

    Raises ValueError if it has anything but scheme, host and port.
    """
    remedy = "give scheme and host, such as https://count.example.org"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{error}; {remedy}") from error
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    plain = f"{parts.scheme}://{shown}" + ("" if port is None else f":{port}")
    has_markup = any(not (each.isalnum() or each in "-.:[]") for each in parts.netloc)
    if url and (
        parts.scheme not in {"http", "https"}
        or not host
        or has_markup
        or url.rstrip("/").casefold() != plain.casefold()
    ):
        raise ValueError(f"not the address of a site; {remedy}")
    return url.rstrip("/")


def check_issuer(url: str) -> str:
    """Returns the address of an identity provider unchanged; an empty one stays empty.

    Raises ValueError if it is none, or would be asked without TLS beyond this machine.
    """
    remedy = "give what the provider names itself, such as https://login.example.org/realms/news"
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValueError(f"{error}; {remedy}") from error
    if not url:
        return url
    is_here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme not in ({"http", "https"} if is_here else {"https"}) or not parts.hostname:
        raise ValueError(f"no address that begins with https://; {remedy}")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(f"has more than scheme, host and path; {remedy}")
    return url


class Networks:
    """The networks of a comma-separated list; raises ValueError if it has anything else."""

    def __init__(self, listed: str) -> None:
        self._networks = [ipaddress.ip_network(part) for part in networks(listed)]

    def __bool__(self) -> bool:
        return bool(self._networks)

    def __contains__(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)


@lru_cache(maxsize=_KNOWN_CLIENTS)
def client_of(address: str) -> str:
    """Returns what a limit for each client counts an address as.

    An IPv4 address is itself, also if it is written as IPv6; an IPv6 address is its /64. Anything
    else, such as a name that a proxy forwards, is itself.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ipaddress.ip_network((int(parsed), IPV6_PREFIX_BITS), strict=False))
        return str(parsed.ipv4_mapped)
    return str(parsed)
