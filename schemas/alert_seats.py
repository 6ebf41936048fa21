"""`seats` of an alert: what a party holds when its council is called, and when it is complete."""

from __future__ import annotations

from pydantic import Field
from pydantic.dataclasses import dataclass

from schemas.base import VALUE, PartyKey, PartyLabel, Seats

ALERT_PARTIES_MAX = 30
"""Parties in a call's table. No council of a past night has half as many with a seat."""


@dataclass(config=VALUE, frozen=True, slots=True, kw_only=True)
class AlertSeats:
    """The seats of one party, those not up included."""

    party_id: PartyKey
    party: PartyLabel = Field(
        description="Its usual name, such as Labour; as on the ballot paper if it has no other."
    )
    seats: Seats = Field(description="What it holds: so far in a flash, in the end in a final.")
    change: int | None = Field(
        default=None,
        description="Against the eve of poll, or the last election where only that is known; null"
        " in a flash, and where neither is known.",
    )
