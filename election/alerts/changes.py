"""Alerts: what an event raises and withdraws."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from election.alert_state import Claim, Key, Told
from election.alerts.cause import Cause
from election.alerts.conditions import council_claims, lapses, ward_claims
from election.council import Council
from election.count import Count
from election.text.alert import facts, headline, text
from election.text.council import seats_held
from election.text.phrases import clipped
from election.text.proof import proof
from schemas.alert import Action, Alert, Kind
from schemas.ids import election_of

_ID_BYTES = 16

# The contract's order; the kinds that no contract orders come after.
_ORDER: Mapping[Kind, int] = {
    "incumbent_out": 0,
    "control": 1,
    "decider": 2,
    "knife_edge": 3,
    "recount": 4,
    "postponed": 5,
    "notable_beaten": 6,
}

Standing = Mapping[str, Mapping[Key, Told]]

_NOTHING_TOLD: Mapping[Key, Told] = {}


class News(NamedTuple):
    """What is no longer true of what was told, and what is true and was not told."""

    withdrawn: list[tuple[Key, Told]]
    new: list[tuple[Key, Claim]]


def news(council: Council, count: Count, ballots: Iterable[str]) -> News | None:
    """Returns what an event makes true and untrue; None where there is nothing to tell.

    `council` is that after the event, with what stood before it; `ballots` are those that the
    event concerned. What is told and still true is not repeated.
    """
    withdrawn: list[tuple[Key, Told]] = []
    new: list[tuple[Key, Claim]] = []
    for ballot in ("", *ballots):
        told = council.told.get(ballot, _NOTHING_TOLD)
        true = _true_now(count, ballot)
        for key, each in told.items():
            if true.get(key) != each.claim:
                withdrawn.append((key, each))
        for key, claim in true.items():
            if key not in told or told[key].claim != claim:
                new.append((key, claim))
    return News(withdrawn, new) if withdrawn or new else None


def alerts(
    council: Council, count: Count, told: News, cause: Cause
) -> tuple[tuple[Alert, ...], Standing]:
    """Returns the alerts that tell the news, and what stands told after them.

    Publishing order: retracts, then raises; in each, incumbent out before control.
    """
    withdrawn, new = sorted(told.withdrawn, key=_order), sorted(told.new, key=_order)
    standing = {ballot: dict(group) for ballot, group in council.told.items()}
    made = []
    retold = {key for key, _ in new}
    for key, was in withdrawn:
        del standing[_group(key)][key]
        if not lapses(key, count.wards.get(key.ballot), retold=key in retold):
            made.append(_retraction(council, count, key, was, cause))
    for key, claim in new:
        alert = _raised(council, count, key, claim, cause)
        standing.setdefault(_group(key), {})[key] = Told(
            claim, alert.id, headline(count, key, alert.text)
        )
        made.append(alert)
    return tuple(made), {ballot: group for ballot, group in standing.items() if group}


def _true_now(count: Count, ballot: str) -> Mapping[Key, Claim]:
    if not ballot:
        return council_claims(count)
    ward = count.wards.get(ballot)
    return ward_claims(ward) if ward is not None else {}


def _order(each: tuple[Key, Told] | tuple[Key, Claim]) -> tuple[int, str, str]:
    key = each[0]
    return _ORDER[key.kind], key.ballot, key.candidate


def _group(key: Key) -> str:
    """Returns what a claim is kept under: its ballot, or nothing where the council decides it."""
    return "" if key.kind == "decider" else key.ballot


def _raised(council: Council, count: Count, key: Key, claim: Claim, cause: Cause) -> Alert:
    return _alert(
        council,
        count,
        (key, "raise", claim, claim.before, claim.control),
        cause,
        text=text(count, key, claim),
        proof=facts(count, key),
    )


def _retraction(council: Council, count: Count, key: Key, told: Told, cause: Cause) -> Alert:
    """Returns the alert that withdraws another: it carries what it withdraws."""
    was = told.claim.control if key.kind == "control" else told.claim.before
    now = f"now {seats_held(count)}, majority {count.majority} of {count.seats_total}"
    return _alert(
        council,
        count,
        (key, "retract", told.claim, was, None),
        cause,
        retracts=told.alert,
        text=clipped(f"WITHDRAWN: {told.headline}, {cause.why}; {now}."),
        proof=proof(count),
    )


def _alert(
    council: Council,
    count: Count,
    said: tuple[Key, Action, Claim, str | None, str | None],
    cause: Cause,
    **more: Any,
) -> Alert:
    key, action, claim, from_, to = said
    election = election_of(council.council)
    identity = (election, council.council, *key, action, cause.fact, cause.revision, from_, to)
    return Alert(
        id=blake2b(json.dumps(identity).encode(), digest_size=_ID_BYTES).hexdigest(),
        kind=key.kind,
        action=action,
        election=election,
        council=council.council,
        council_gss=count.opening.opened.council_gss,
        name=count.name,
        mode=council.mode,
        control=claim.control,
        outcome=claim.outcome,
        change=claim.change,
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
