"""Notices: what a channel is sent, about an alert or a declared ward.

Those about input that was not counted are in `services.notifier.reject_notice`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never, get_args

from schemas.alert import Alert, Beat, Kind, NightKind
from schemas.alert_seats import AlertSeats
from schemas.base import Mode
from schemas.envelope import content_id, message_type
from schemas.printable import printable
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.platform.origin import Origin

RejectKind = Literal["held", "conflict", "parked", "rejected"]
"""The kinds of input that was not counted: what is `held` waits for a second source or the desk, a
`conflict` contradicts what is known, what is `parked` counts later, and the rest is `rejected`."""

NoticeKind = Literal[Kind, "declared", "reminder", RejectKind]
"""The kinds of alerts, and those that a channel is sent only if it names them: `declared`, the
result of a ward, `reminder`, that one is expected, and those of input. A channel that names
`rejected` is sent all of the latter."""

NIGHT_KINDS: frozenset[NoticeKind] = frozenset(get_args(NightKind))
"""The kinds of alerts that are about the whole night, and about no council."""

CONTROL_KINDS: frozenset[NoticeKind] = frozenset({"control", "incumbent_out", "result", "decider"})
"""The kinds that say or suggest who controls a council."""

LINE_LENGTH_MAX = 300
"""Characters of a line: the longest text of an alert or a ward. A line is longer only with control
characters, each of which is shown as an escape; its end is cut off then."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that channels may be sent. Equal facts always have the same `id`.

    `line` can be printed as it stands, and so can `paragraph`, which says the same to the public,
    and each item of `proof`, the facts behind it: all are one line without control characters.
    `beat` is that of the wire, and `seats` the table of a flash or final. `expires` is from when on
    it is told to nobody any more, None if it always is. `payload` is the JSON that webhooks get.
    `origin` is the declaration that it follows from, if that is told. `retracts` is the id of the
    alert that this one withdraws, `told_by` that of the control alert of the same event that says
    this as well. `certificate` is the hash of the certificate that says why it is certain. `change`
    is whether it tells or withdraws a change of control; None if it is about something else, or if
    control before is unknown. `doubt` is why no channel may be sent it (see
    `services.notifier.doubt`); it is empty for everything that our own services publish.
    """

    id: str
    type: str
    kind: NoticeKind
    mode: Mode
    line: str
    payload: bytes
    proof: tuple[str, ...] = ()
    election: str = ""
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
    beat: Beat | None = None
    paragraph: str = ""
    seats: tuple[AlertSeats, ...] = ()
    expires: datetime | None = None
    certificate: str = ""
    origin: Origin | None = None

    @property
    def about(self) -> str:
        """The council that this is about, or the election if it is of a whole night; else empty.

        What is about the same is told in one order.
        """
        return self.council or self.election

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
        line=line_of(alert.text),
        payload=alert.model_dump_json().encode(),
        proof=tuple(printable(fact) for fact in alert.proof),
        election=alert.election,
        council=alert.council or "",
        council_gss=alert.council_gss,
        name=alert.name,
        ballots=_ballots(alert),
        parties=frozenset(party for party in parties if party),
        change=alert.change,
        retracts=alert.retracts or "",
        told_by=alert.told_by or "",
        time=alert.caused_at,
        beat=alert.beat,
        paragraph=printable(alert.paragraph),
        seats=alert.seats,
        certificate=alert.certificate or "",
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
            | "milestone"
            | "night"
        ):
            return frozenset(alert.ballots) | ({alert.cause} if alert.cause else set())
        case unknown:
            assert_never(unknown)


def of_ward(ward: WardTotals, council: CouncilTotals) -> Notice:
    """Returns the notice of a declared ward; `council` are the totals of its council."""
    what = f"declared {ward.ballot_paper_id} {ward.revision}"
    if ward.correction is not None:
        # Another source may have put it right, and each numbers its own words.
        what += f" {ward.correction} {sorted(ward.seats_won.items())}"
    return Notice(
        id=content_id(what.encode()),
        type=message_type("ward"),
        kind="declared",
        mode=council.mode,
        line=line_of(ward.text),
        payload=ward.model_dump_json().encode(),
        council=ward.council,
        council_gss=council.council_gss,
        name=council.name,
        ballots=frozenset({ward.ballot_paper_id}),
        parties=frozenset(ward.seats_won),
        time=ward.declared_at,
    )


def line_of(text: str) -> str:
    """Returns a text as one line, with control characters as escapes, its end cut off if long."""
    return printable(text)[:LINE_LENGTH_MAX]
