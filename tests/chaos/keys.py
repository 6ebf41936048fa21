"""Keys of a night: a file of keys for intake, and the token that each source presents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from schemas.source import DEFAULT_SOURCE
from services.access.token import new_token
from tests.chaos.night_of_sources import HOLDERS
from tests.support.keys import added


def make_keys(file: Path) -> Mapping[str, str]:
    """Writes the file of keys of all sources, and returns their tokens by id.

    The token of `default` is that of LIVECOUNT_INTAKE_TOKEN, and in no file.
    """
    tokens = {
        each.id: added(file, each.id, trust=each.trust, role=each.role)
        for each in HOLDERS.values()
        if each.id != DEFAULT_SOURCE
    }
    return {**tokens, DEFAULT_SOURCE: new_token(DEFAULT_SOURCE)}
