"""The receivers of an Apprise URL, each opened by itself and with our own limits."""

from __future__ import annotations

import logging
from typing import Any

import apprise
from apprise.plugins import url_to_dict
from apprise.utils.parse import parse_urls

# Apprise's log lines can contain secrets of a URL. What matters in them is in SendError, redacted.
logging.getLogger("apprise").addHandler(logging.NullHandler())
logging.getLogger("apprise").propagate = False

RECEIVERS_MAX = 50
"""Receivers of one URL that are sent to one by one: each has a thread. More are sent to in one go,
as Apprise does it; a mailing list is better then."""

_GENERIC_PAUSE_S = apprise.NotifyBase.request_rate_per_sec


class UnknownServiceError(ValueError):
    """A URL that Apprise does not know, or that lacks something."""


def open_receivers(url: str) -> list[apprise.Apprise]:
    """Returns the services of a URL, one for each receiver, in the order of the URL.

    They follow no redirect and repeat nothing, whatever the URL asks for, and between two messages
    they pause only as their service asks for. Raises UnknownServiceError.
    """
    opened = [_opened(parsed) for each in _urls(url) for parsed in _receivers(each)]
    if not opened:
        raise _unknown()
    return opened


def cautions(url: str) -> list[str]:
    """Returns what makes an Apprise URL unsafe although it can be used, and what to do."""
    services = [service for each in _urls(url) for service in _added(_parsed(each))]
    found = []
    if any(not service.verify_certificate for service in services):
        found.append(
            "url: verify=no accepts any certificate, so whoever is between here and the receiver"
            " can read and change alerts; leave it out"
        )
    if any(service.redirects for service in services):
        found.append("url: redirect=yes has no effect; give the address that redirects lead to")
    return found


def _receivers(url: str) -> list[dict[str, Any]]:
    """Returns Apprise's arguments for each receiver of one URL.

    A service that needs one request for all of them is left whole: either all get a message, or
    none does.
    """
    parsed = _parsed(url)
    targets = list(parsed.get("targets") or ())
    requests = len(_added(parsed)[0])
    if not 1 < requests == len(targets) <= RECEIVERS_MAX:
        return [parsed]
    return [{**parsed, "targets": [target]} for target in targets]


def _opened(parsed: dict[str, Any]) -> apprise.Apprise:
    services = _added(parsed)
    for service in services:
        service.redirects = False
        service.retry = 0
        if type(service).request_rate_per_sec == _GENERIC_PAUSE_S:
            # Apprise's own caution where it knows of no limit: 5.5 s between two messages.
            service.request_rate_per_sec = 0
    return services


def _urls(url: str) -> list[str]:
    """Returns the URLs in a text: Apprise takes several, with commas or blanks between them."""
    found: list[str] = parse_urls(url)  # type: ignore[no-untyped-call] # Apprise has no types
    return found


def _parsed(url: str) -> dict[str, Any]:
    parsed: dict[str, Any] | None = url_to_dict(url)  # type: ignore[no-untyped-call] # as above
    if parsed is None:
        raise _unknown()
    return parsed


def _added(parsed: dict[str, Any]) -> apprise.Apprise:
    # A redirect would lead an alert, and passwords in its headers, to an address nobody chose.
    services = apprise.Apprise(asset=apprise.AppriseAsset(http_redirects=False))
    # A copy, because Apprise keeps and changes what it is given.
    if not services.add(dict(parsed)):
        raise _unknown()
    return services


def _unknown() -> UnknownServiceError:
    return UnknownServiceError(
        "url: no service of Apprise, or incomplete; see Apprise's list of services"
    )
