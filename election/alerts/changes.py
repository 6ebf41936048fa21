"""Alert changes: what an event raises and withdraws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from election.alert_state import AlertKey, Condition, RaisedAlert
from election.alerts.alert_id import alert_id
from election.alerts.beat import beat_of, table_of
from election.alerts.cause import Cause
from election.alerts.conditions import council_conditions, resolves, ward_conditions
from election.certificates.certificate import certificate
from election.council import Council
from election.count import Count
from election.text.alert import (
    alert_flips,
    alert_headline,
    alert_proof,
    alert_text,
    retraction_text,
)
from election.text.phrases import clipped
from election.text.proof import proof
from election.text.public_alert import alert_paragraph
from election.text.public_withdrawal import withdrawal_paragraph
from election.text.story import story_proof
from schemas.alert import Action, Alert, CouncilKind
from schemas.certificate import CERTIFIED, Certificate
from schemas.ids import election_of

# Publishing order within the retractions and within the raised alerts.
_ORDER: Mapping[CouncilKind, int] = {
    "incumbent_out": 0,
    "control": 1,
    "result": 2,
    "decider": 3,
    "knife_edge": 4,
    "recount": 5,
    "postponed": 6,
    "notable_beaten": 7,
}

What = tuple[AlertKey, Action, Condition, str | None, str | None]
"""What an alert tells, whether it is raised, and the control before and after."""

_CONTROL = AlertKey("control")

RaisedAlerts = Mapping[str, Mapping[AlertKey, RaisedAlert]]
"""Raised alerts by ballot; those of the council itself under ""."""

_NONE_RAISED: Mapping[AlertKey, RaisedAlert] = {}


class AlertChanges(NamedTuple):
    """The raised alerts whose conditions no longer hold, and the conditions that are new."""

    ended: list[tuple[AlertKey, RaisedAlert]]
    begun: list[tuple[AlertKey, Condition]]


def alert_changes(council: Council, count: Count, ballots: Iterable[str]) -> AlertChanges | None:
    """Returns which conditions an event ended and began; None if it changed none.

    `council` is the council after the event, with the alerts raised before it. `ballots` are
    those that the event concerns. A condition that was raised and still holds is not repeated.
    """
    ended: list[tuple[AlertKey, RaisedAlert]] = []
    begun: list[tuple[AlertKey, Condition]] = []
    for ballot in ("", *ballots):
        raised = council.raised.get(ballot, _NONE_RAISED)
        conditions = _conditions(count, ballot)
        for key, alert in raised.items():
            if conditions.get(key) != alert.condition:
                ended.append((key, alert))
        for key, condition in conditions.items():
            if key not in raised or raised[key].condition != condition:
                begun.append((key, condition))
    return AlertChanges(ended, begun) if ended or begun else None


class MadeAlerts(NamedTuple):
    """The alerts to publish, the certificates of some of them, and all raised alerts after them."""

    alerts: tuple[Alert, ...]
    certificates: tuple[Certificate, ...]
    raised: RaisedAlerts


def alerts(council: Council, count: Count, changes: AlertChanges, cause: Cause) -> MadeAlerts:
    """Returns the alerts to publish for changed conditions, and all raised alerts after them.

    In publishing order: retractions first, then raised alerts; within each, in the order of
    their kinds.
    """
    ended, begun = sorted(changes.ended, key=_order), sorted(changes.begun, key=_order)
    raised = {ballot: dict(group) for ballot, group in council.raised.items()}
    made: list[Alert] = []
    certificates: list[Certificate] = []
    again = dict(begun)
    for key, alert in ended:
        del raised[_group(key)][key]
        if not resolves(key, count.wards.get(key.ballot), raised_again=key in again):
            made.append(_retraction(council, count, key, alert, cause))
    for key, condition in begun:
        new = _raise(council, count, key, again, cause)
        if key.kind in CERTIFIED:
            certificates.append(_certificate(new, count))
            new = new.model_copy(update={"certificate": certificates[-1].sha256})
        headline = alert_headline(count, key, new.text)
        raised.setdefault(_group(key), {})[key] = RaisedAlert(condition, new.id, headline)
        made.append(new)
    left = {ballot: group for ballot, group in raised.items() if group}
    return MadeAlerts(tuple(made), tuple(certificates), left)


def _certificate(alert: Alert, count: Count) -> Certificate:
    certain = alert.control if alert.kind == "control" else count.control_before
    return certificate(alert.id, alert.kind, certain or "", count)


def _conditions(count: Count, ballot: str) -> Mapping[AlertKey, Condition]:
    """Returns the conditions of a ballot, or of the council itself for ""."""
    if not ballot:
        return council_conditions(count)
    ward = count.wards.get(ballot)
    return ward_conditions(ward) if ward is not None else {}


def _order(each: tuple[AlertKey, RaisedAlert] | tuple[AlertKey, Condition]) -> tuple[int, str, str]:
    key = each[0]
    return _ORDER[key.kind], key.ballot, key.candidate


def _group(key: AlertKey) -> str:
    """Returns what a raised alert is stored under: its ballot, or "" if it is the council's."""
    return "" if key.kind == "decider" else key.ballot


def _raise(
    council: Council,
    count: Count,
    key: AlertKey,
    again: Mapping[AlertKey, Condition],
    cause: Cause,
) -> Alert:
    """Returns the alert of a condition that has begun; `again` has all that have."""
    condition = again[key]
    causing = count.wards.get(cause.ballot or "")
    what = _raised(key, condition)
    told_by = None
    if key.kind == "incumbent_out" and again.get(_CONTROL):
        told_by = _id(council, _raised(_CONTROL, again[_CONTROL]), cause)
    return _alert(
        council,
        count,
        what,
        cause,
        told_by=told_by,
        flip_at=alert_flips(count, key),
        text=alert_text(count, key, condition),
        beat=beat_of(key.kind),
        paragraph=alert_paragraph(count, key, condition),
        seats=table_of(key.kind, count),
        proof=(*alert_proof(count, key), *filter(None, [story_proof(causing)])),
    )


def _raised(key: AlertKey, condition: Condition) -> What:
    return key, "raise", condition, condition.control_before, condition.control


def _retraction(
    council: Council, count: Count, key: AlertKey, alert: RaisedAlert, cause: Cause
) -> Alert:
    """Returns the alert that withdraws another, with what the withdrawn one said."""
    told_control = key.kind in {"control", "result"}
    was = alert.condition.control if told_control else alert.condition.control_before
    return _alert(
        council,
        count,
        (key, "retract", alert.condition, was, None),
        cause,
        retracts=alert.alert,
        text=retraction_text(count, alert.headline, cause.reason),
        paragraph=withdrawal_paragraph(count, key, alert.condition, cause.public_reason),
        proof=proof(count),
    )


def _id(council: Council, what: What, cause: Cause) -> str:
    key, action, _, from_, to = what
    election = election_of(council.council)
    return alert_id(election, council.council, *key, action, cause.event, cause.revision, from_, to)


def _alert(
    council: Council,
    count: Count,
    what: What,
    cause: Cause,
    **more: Any,
) -> Alert:
    key, action, condition, from_, to = what
    return Alert(
        id=_id(council, what, cause),
        kind=key.kind,
        action=action,
        election=election_of(council.council),
        council=council.council,
        council_gss=count.opening.opened.council_gss,
        name=count.name,
        mode=council.mode,
        control=condition.control,
        outcome=condition.outcome,
        change=condition.change,
        from_=from_,
        to=to,
        ballots=(key.ballot,) if key.ballot else (),
        cause=cause.ballot,
        cause_revision=cause.revision,
        ward=clipped(cause.ward),
        seq=cause.seq,
        caused_at=cause.at,
        **more,
    )
