"""`invitation.claimed` and `session.ended`: what every process of entry has to know of people.

Neither holds a token or a cookie, only hashes of them.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from schemas.base import Model, Timestamp
from schemas.source import SourceId

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class InvitationClaimed(Model):
    """A device asks to be the one that an invitation is used on; the first one is.

    One that is used by another stringer already is refused, so that nobody agrees with themselves.
    """

    type: Literal["invitation.claimed"] = "invitation.claimed"
    key: SourceId = Field(description="The id of the person's key.")
    invitation: Digest = Field(description="A hash of the invitation, which says nothing of it.")
    device: Digest = Field(description="A hash of the cookie by which the device is known.")
    is_stringers: bool = Field(description="Whether it lets a stringer in.")
    expires: Timestamp = Field(description="When the invitation ends.")
    at: Timestamp = Field(description="When it was asked for.")


class SessionEnded(Model):
    """Somebody has signed out: no process lets that session in any more."""

    type: Literal["session.ended"] = "session.ended"
    session: Digest = Field(description="The session's id.")
    key: SourceId = Field(description="The id of the key under which it began.")
    at: Timestamp = Field(description="When it was ended.")


SessionEvent: TypeAlias = InvitationClaimed | SessionEnded
"""What stands on the topic `sessions`."""

SESSION_EVENT: TypeAdapter[SessionEvent] = TypeAdapter(
    Annotated[SessionEvent, Field(discriminator="type")]
)
