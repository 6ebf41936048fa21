"""Invitation: what its key is called, until when it is valid, and the link that opens it. No I/O.

An invitation is a key of the file of keys with a person's name. Its token stands behind the `#` of
its link, which browsers send to nobody: it is in no log of a server or a proxy, and whoever fetches
the link for a preview has nothing of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

from schemas.uk_time import UK_TIME
from services.platform.settings import Settings

AFTER_POLL_DAYS: Final = 7
"""Days after the poll on which an invitation is still valid: counts go on until the weekend, and
what was said is corrected in the days after."""

ID_CHARACTERS_MAX: Final = 40
"""Characters of a key's id."""

PATH: Final = "/invitation"
"""Where entry has the page that an invitation opens."""


def id_of(person: str) -> str:
    """Returns the id that a person's key has, such as `sian-oneill`; blank if no letter is left.

    Two people of one name have one id: the second is to be given another.
    """
    joined = re.sub("['\u2018\u2019]", "", person)
    plain = unicodedata.normalize("NFKD", joined).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:ID_CHARACTERS_MAX].strip("-")


def expires_after(elections: Iterable[str]) -> datetime:
    """Returns when an invitation to some elections ends: after the last day of AFTER_POLL_DAYS.

    Raises ValueError if one of them is no election's id.
    """
    polls = [date.fromisoformat(each.removeprefix("local.")) for each in elections]
    return datetime.combine(max(polls) + timedelta(days=AFTER_POLL_DAYS + 1), time(), UK_TIME)


def link_of(settings: Settings, token: str) -> str:
    """Returns the link that opens an invitation."""
    site = settings.entry_url or f"http://{settings.entry_host}:{settings.entry_port}"
    return f"{site}{PATH}#{token}"
