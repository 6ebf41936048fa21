"""Notices: what a channel is sent, about an alert, a declared ward or rejected input."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from schemas.alert import Alert, Kind
from schemas.base import Mode
from schemas.envelope import content_id, message_type
from schemas.printable import printable
from schemas.reject import Reject
from schemas.totals import CouncilTotals, WardTotals

NoticeKind = Literal[Kind, "declared", "rejected"]
"""The kinds of alerts, and two that a channel is sent only if it names them: `declared`, the
result of a ward, and `rejected`, input that was not counted."""

LINE_LENGTH_MAX = 300
"""Characters of a line: the longest text of an alert or a ward. A line is longer only with control
characters, each of which is shown as an escape; its end is cut off then."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that channels may be sent. Equal facts always have the same `id`.

    `line` can be printed as it stands, and so can each item of `proof`, the facts behind it: both
    are one line without control characters. `payload` is the JSON that webhooks get. `retracts`
    is the id of the alert that this one withdraws, `told_by` that of the control alert of the same
    event that says this as well. `change` is whether it tells or withdraws a change of control;
    None if it is about something else, or if control before is unknown. `doubt` is why no channel
    may be sent it (see `services.notifier.doubt`); it is empty for everything that our own
    services publish.
    """

    id: str
    type: str
    kind: NoticeKind
    mode: Mode
    line: str
    payload: bytes
    proof: tuple[str, ...] = ()
    council: str = ""
    council_gss: str = ""
    name: str = ""
    ballots: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    change: bool | None = None
    retracts: str = ""
    told_by: str = ""
    time: datetime | None = None
    doubt: str = ""

    def concerns_ward(self, ward: str) -> bool:
        """Returns whether this is about a ward, given as a ballot id or as its name's slug."""
        return any(ward in {ballot, ballot.split(".")[2]} for ballot in self.ballots)


def of_alert(alert: Alert) -> Notice:
    """Returns the notice of an alert."""
    parties = {alert.control, alert.from_, alert.to} - {None}
    return Notice(
        id=alert.id,
        type=message_type("alert"),
        kind=alert.kind,
        mode=alert.mode,
        line=_line(alert.text),
        payload=alert.model_dump_json().encode(),
        proof=tuple(printable(fact) for fact in alert.proof),
        council=alert.council,
        council_gss=alert.council_gss,
        name=alert.name,
        ballots=_ballots(alert),
        parties=frozenset(party for party in parties if party),
        change=alert.change,
        retracts=alert.retracts or "",
        told_by=alert.told_by or "",
        time=alert.caused_at,
    )


def _ballots(alert: Alert) -> frozenset[str]:
    """Returns the ballots that an alert concerns.

    A "decider" alert concerns the ward that decides, not the ward that caused it; any other
    alert concerns both the ballots it is about and the one that caused it.
    """
    match alert.kind:
        case "decider":
            return frozenset(alert.ballots)
        case (
            "control"
            | "incumbent_out"
            | "result"
            | "knife_edge"
            | "recount"
            | "postponed"
            | "notable_beaten"
        ):
            return frozenset(alert.ballots) | ({alert.cause} if alert.cause else set())
        case unknown:
            assert_never(unknown)


def of_reject(reject: Reject, mode: Mode) -> Notice:
    """Returns the notice of input that was not counted; `mode` is the namespace's."""
    place = f"{reject.topic}/{reject.partition}/{reject.offset}"
    parked = reject.reason == "parked"
    # Only a line feed begins a line here: the other line breaks of Unicode are somebody's text.
    first, *rest = reject.detail.split("\n") if reject.detail else [reject.reason]
    return Notice(
        id=content_id(place.encode()),
        type=message_type("reject"),
        kind="rejected",
        mode=mode,
        line=_line(f"{'Kept, does not count' if parked else 'Not counted'}: {place}: {first}"),
        payload=reject.model_dump_json().encode(),
        proof=tuple(printable(line) for line in rest),
        time=reject.timestamp,
    )


def of_ward(ward: WardTotals, council: CouncilTotals) -> Notice:
    """Returns the notice of a declared ward; `council` are the totals of its council."""
    return Notice(
        id=content_id(f"declared {ward.ballot_paper_id} {ward.revision}".encode()),
        type=message_type("ward"),
        kind="declared",
        mode=council.mode,
        line=_line(ward.text),
        payload=ward.model_dump_json().encode(),
        council=ward.council,
        council_gss=council.council_gss,
        name=council.name,
        ballots=frozenset({ward.ballot_paper_id}),
        parties=frozenset(ward.seats_won),
        time=ward.declared_at,
    )


def _line(text: str) -> str:
    return printable(text)[:LINE_LENGTH_MAX]
