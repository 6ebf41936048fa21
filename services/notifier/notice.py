"""Notices: what a channel is told, whether an alert, a watched ward or rejected input."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas.alert import Alert, Kind
from schemas.base import Mode
from schemas.envelope import content_id, message_type
from schemas.reject import Reject
from schemas.totals import WardTotals

Told = Literal[Kind, "declared", "rejected"]
"""Alert kinds, and what a channel must ask for by name: ward results and rejected input."""

LINE_LENGTH_MAX = 300
"""Characters of a line, as long as an alert's text may be."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. `id` is the same whenever the same thing is told."""

    id: str
    type: str
    kind: Told
    mode: Mode
    line: str
    payload: bytes
    proof: tuple[str, ...] = ()
    council: str = ""
    council_gss: str = ""
    name: str = ""
    ballots: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    retracts: str = ""
    time: datetime | None = None

    def concerns_ward(self, ward: str) -> bool:
        """Tells whether this is about a ward, given as a ballot id or as its name's slug."""
        return any(ward in {ballot, ballot.split(".")[2]} for ballot in self.ballots)


def of_alert(alert: Alert) -> Notice:
    """Returns what is told of an alert."""
    parties = {alert.control, alert.from_, alert.to} - {None}
    return Notice(
        id=alert.id,
        type=message_type("alert"),
        kind=alert.kind,
        mode=alert.mode,
        line=alert.text,
        payload=alert.model_dump_json().encode(),
        proof=alert.proof,
        council=alert.council,
        council_gss=alert.council_gss,
        name=alert.name,
        ballots=_ballots(alert),
        parties=frozenset(party for party in parties if party),
        retracts=alert.retracts or "",
        time=alert.caused_at,
    )


def _ballots(alert: Alert) -> frozenset[str]:
    """Returns the ballots that an alert is about, and the one that caused it.

    The ward that makes a council hang on another is none that anybody watches for that.
    """
    caused = {alert.cause} if alert.cause and alert.kind != "decider" else set()
    return frozenset(caused) | frozenset(alert.ballots)


def of_reject(reject: Reject, mode: Mode) -> Notice:
    """Returns what the desk is told of input that was not counted."""
    place = f"{reject.topic}/{reject.partition}/{reject.offset}"
    first, *rest = reject.detail.splitlines() or [reject.reason]
    return Notice(
        id=content_id(place.encode()),
        type=message_type("reject"),
        kind="rejected",
        mode=mode,
        line=f"Not counted: {place}: {first}"[:LINE_LENGTH_MAX],
        payload=reject.model_dump_json().encode(),
        proof=tuple(rest),
        time=reject.timestamp,
    )


def of_ward(ward: WardTotals, council: str, mode: Mode) -> Notice:
    """Returns what is told of a declared ward; `council` is the council's name."""
    return Notice(
        id=content_id(f"declared {ward.ballot_paper_id} {ward.revision}".encode()),
        type=message_type("ward"),
        kind="declared",
        mode=mode,
        line=ward.text,
        payload=ward.model_dump_json().encode(),
        council=ward.council,
        name=council,
        ballots=frozenset({ward.ballot_paper_id}),
        parties=frozenset(ward.seats_won),
        time=ward.declared_at,
    )
