"""Alerts: what a change of a council raises and withdraws."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from election.certainty import certain_control, control_before, incumbent_out
from election.claim import Claim, Key, Standing
from election.council import Council
from election.explanation import sentence
from election.majority import majority
from election.names import labels, wire
from election.outcome import is_change, outcome
from schemas.alert import Action, Alert, Kind
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.ids import election_of
from schemas.ward import WardDeclared, WardStatus

_ID_BYTES = 16

_ORDER: Mapping[Kind, int] = {
    "incumbent_out": 0,
    "control": 1,
    "decider": 2,
    "knife_edge": 3,
    "recount": 4,
    "postponed": 5,
    "notable_beaten": 6,
}


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that an alert follows from."""

    event: str
    fact_revision: int
    ballot: str | None
    revision: int
    seq: int | None
    ward: str
    at: datetime | None


def cause_of(
    event: CouncilOpened | WardDeclared | WardStatus | CouncilDeclared, council: Council
) -> Cause:
    """Returns the cause that an event's alerts name.

    A notice has no revision of a result, so 0; what is certain as a council is first opened was
    certain before any event, so its seq is 0.
    """
    if isinstance(event, CouncilOpened | CouncilDeclared):
        first = isinstance(event, CouncilOpened) and council.opened is None
        at = event.declared_at if isinstance(event, CouncilDeclared) else None
        seq = 0 if first else event.seq
        return Cause(event.type, event.revision, None, 0, seq, "", at)
    ward = council.wards.get(event.ballot_paper_id)
    name = ward.listed.ward if ward and ward.listed else ""
    declared = isinstance(event, WardDeclared)
    return Cause(
        event.type,
        event.revision,
        event.ballot_paper_id,
        event.revision if declared else 0,
        event.seq,
        name,
        event.declared_at if isinstance(event, WardDeclared) else event.noticed_at,
    )


def claims(council: Council) -> dict[Key, Claim]:
    """Returns what is to be told of a council as it stands."""
    found: dict[Key, Claim] = {}
    before = control_before(council)
    if incumbent_out(council):
        found["incumbent_out", ""] = Claim(change=True, before=before)
    control = certain_control(council)
    if control is not None:
        label = outcome(before, control)
        found["control", ""] = Claim(control, label, is_change(label), before, control)
    return found


def alerts(council: Council, cause: Cause) -> tuple[tuple[Alert, ...], dict[Key, Standing]]:
    """Returns what an event raises and withdraws, and the alerts that stand after it.

    `council` is the council after the event, with the alerts that stood before it. Publishing
    order: retracts, then raises; in each, incumbent out before control.
    """
    told = council.standing
    true = claims(council)
    if {key: each.claim for key, each in told.items()} == true:
        return (), dict(told)
    standing = dict(told)
    made = []
    for key in sorted(told, key=_order):
        if true.get(key) != told[key].claim:
            made.append(_retraction(council, key, told[key], cause))
            del standing[key]
    for key in sorted(true, key=_order):
        if key not in standing:
            alert = _raised(council, key, true[key], cause)
            made.append(alert)
            standing[key] = Standing(true[key], alert.id, alert.text)
    return tuple(made), standing


def _order(key: Key) -> tuple[int, str]:
    return _ORDER[key[0]], key[1]


def _raised(council: Council, key: Key, claim: Claim, cause: Cause) -> Alert:
    return _alert(
        council, key, "raise", claim, claim.before, claim.after, cause, _text(council, key)
    )


def _retraction(council: Council, key: Key, stood: Standing, cause: Cause) -> Alert:
    claim = stood.claim
    withdrawn = claim.control if key[0] == "control" else claim.before
    text = f"WITHDRAWN: {stood.text}"
    return _alert(council, key, "retract", claim, withdrawn, None, cause, text, stood.alert_id)


def _text(council: Council, key: Key) -> str:
    if key[0] == "control":
        return sentence(council)
    names = labels(council)
    before = wire(control_before(council) or "", names)
    needed = majority(council.opened.seats_total) if council.opened else 0
    name = council.opened.name if council.opened else council.council
    return f"{before} OUT {name}: cannot reach the {needed} seats of a majority"


def _alert(
    council: Council,
    key: Key,
    action: Action,
    claim: Claim,
    from_: str | None,
    to: str | None,
    cause: Cause,
    text: str,
    retracts: str | None = None,
) -> Alert:
    opened = council.opened
    election = election_of(council.council)
    identity = (
        election,
        council.council,
        *key,
        action,
        cause.event,
        cause.fact_revision,
        cause.ballot,
        cause.revision,
        from_,
        to,
    )
    digest = blake2b(json.dumps(identity).encode(), digest_size=_ID_BYTES).hexdigest()
    return Alert(
        id=digest,
        kind=key[0],
        action=action,
        election=election,
        council=council.council,
        council_gss=opened.council_gss if opened else "",
        name=opened.name if opened else council.council,
        mode=council.mode,
        control=claim.control,
        outcome=claim.outcome,
        change=claim.change,
        from_=from_,
        to=to,
        cause=cause.ballot,
        cause_revision=cause.revision,
        ward=cause.ward,
        seq=cause.seq,
        caused_at=cause.at,
        retracts=retracts,
        text=text,
    )
