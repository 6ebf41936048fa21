"""The mode of a namespace: `live` accepts only live events, all others only rehearsals."""

from __future__ import annotations

from schemas.base import Mode
from services.platform.names import LIVE_NAMESPACE


class ModeError(ValueError):
    """An event has another mode than its namespace."""


def namespace_mode(namespace: str) -> Mode:
    """Returns the only mode that a namespace accepts."""
    return "live" if namespace == LIVE_NAMESPACE else "rehearsal"


def check_mode(mode: Mode, namespace: str) -> None:
    """Raises ModeError if a namespace does not accept events of this mode."""
    expected = namespace_mode(namespace)
    if mode != expected:
        raise ModeError(
            f"mode: {mode!r} in namespace {namespace!r}, which takes only {expected!r};"
            f" send mode {expected!r}, or to another namespace"
        )
