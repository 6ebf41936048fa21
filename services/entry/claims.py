"""Claims: which device uses which invitation. The first claim of the topic has it. No I/O.

Whoever reads the topic from its beginning comes to the same, so every process does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from schemas.session import InvitationClaimed

Refusal = Literal["another device", "another stringer"]
"""Why a device may not use an invitation."""


class _Stringer(NamedTuple):
    """The stringer whose invitation a device uses, and until when it is valid."""

    key: str
    expires: datetime


class Claims:
    """The devices of invitations so far.

    Hold what the topic has: some hundreds of invitations a night, of 200 bytes each.
    """

    def __init__(self) -> None:
        self._device_of: dict[str, str] = {}
        self._stringer_at: dict[str, _Stringer] = {}

    def hear(self, claim: InvitationClaimed) -> None:
        """Takes the next claim of the topic; it has its device unless something speaks against."""
        if claim.invitation in self._device_of or self.refusal(claim) is not None:
            return
        self._device_of[claim.invitation] = claim.device
        if claim.is_stringers:
            self._stringer_at[claim.device] = _Stringer(claim.key, claim.expires)

    def has(self, claim: InvitationClaimed) -> bool:
        """Returns whether the device of a claim has the invitation already."""
        return self._device_of.get(claim.invitation) == claim.device

    def refusal(self, claim: InvitationClaimed) -> Refusal | None:
        """Returns what speaks against a claim; None if nothing does.

        One device is that of one stringer for as long as the invitation is valid, also if that was
        revoked: what was said on it stands in the log, and nobody else may agree with it there.
        """
        device = self._device_of.get(claim.invitation)
        if device is not None:
            return None if device == claim.device else "another device"
        if not claim.is_stringers:
            return None
        other = self._stringer_at.get(claim.device)
        if other is None or other.key == claim.key or other.expires <= claim.at:
            return None
        return "another stringer"
