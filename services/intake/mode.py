"""Which mode a namespace takes: the live one takes live events, any other rehearsals."""

from __future__ import annotations

from schemas.base import Mode
from services.platform.names import LIVE_NAMESPACE


class ModeError(ValueError):
    """An event of one mode was brought to a namespace of the other."""


def namespace_mode(namespace: str) -> Mode:
    """Returns the only mode that a namespace takes."""
    return "live" if namespace == LIVE_NAMESPACE else "rehearsal"


def check_mode(mode: Mode, namespace: str) -> None:
    """Raises ModeError where a namespace does not take events of this mode."""
    expected = namespace_mode(namespace)
    if mode != expected:
        raise ModeError(
            f"mode: {mode!r} in namespace {namespace!r}, which takes {expected!r} alone;"
            f" send mode {expected!r}, or to another namespace"
        )
