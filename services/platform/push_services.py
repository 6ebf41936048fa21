"""Push services: the hosts to which notifications of readers are sent, and no others.

A reader's browser says where it is reached, and so could anybody else. What it names is used only
if it is one of these, so that nobody can have this machine ask an address of its own network.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

PUSH_SERVICES: Final = (
    "fcm.googleapis.com updates.push.services.mozilla.com web.push.apple.com *.notify.windows.com"
)
"""Those of Chrome and all that is built on it, of Firefox, of Safari, and of Edge on Windows."""

HTTPS_PORT: Final = 443

_HOST = re.compile(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]{1,5})?")
_PLACE = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")
_CONTACT = re.compile(r"mailto:[!-~]+@[!-~]+|https://[!-~]+")


def check_push_services(listed: str) -> str:
    """Returns a list of hosts unchanged. Raises ValueError that names what is none."""
    for part in listed.split():
        if not (_HOST.fullmatch(part) or _PLACE.fullmatch(part)):
            raise ValueError(
                f"{part!r} is no push service; give a host in small letters such as"
                " fcm.googleapis.com or *.notify.windows.com"
            )
    return listed


def check_push_contact(contact: str) -> str:
    """Returns a contact unchanged. Raises ValueError if it is neither a mailto: nor an https: one.

    An empty one stays empty.
    """
    if contact and not _CONTACT.fullmatch(contact):
        raise ValueError("give an address such as mailto:desk@example.org or https://example.org")
    return contact


class PushServices:
    """The push services of a setting that `check_push_services` has passed."""

    def __init__(self, listed: str) -> None:
        self._listed = tuple(listed.split())

    def of(self, endpoint: str) -> str | None:
        """Returns which of the services an endpoint belongs to, as the setting names it.

        None if to none of them, or if it has anything but scheme, host, port, path and query.
        """
        try:
            parts = urlsplit(endpoint)
            port = parts.port
        except ValueError:
            return None
        host = parts.hostname or ""
        # A host that is written in another way than it is compared could be read in another way.
        shown = f"[{host}]" if ":" in host else host
        if parts.netloc != shown + ("" if port is None else f":{port}") or parts.fragment:
            return None
        place = f"{parts.scheme}://{parts.netloc}"
        for each in self._listed:
            if "://" in each:
                if each == place:
                    return each
            elif parts.scheme == "https" and _is_of(each, host, port or HTTPS_PORT):
                return each
        return None


def _is_of(listed: str, host: str, port: int) -> bool:
    name, _, wanted = listed.partition(":")
    if port != int(wanted or HTTPS_PORT):
        return False
    if name.startswith("*."):
        # One part and more below the name, and never the name as the end of another.
        return host.endswith(name[1:]) and len(host) > len(name) - 1
    return host == name
