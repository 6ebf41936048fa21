"""Doubts: why a message on a topic is told to nobody, although it can be read.

Our own services never publish such messages. Whoever else can write to the topics may, so what a
message says of its own mode does not count: the namespace decides whether the public is told.
"""

from __future__ import annotations

from datetime import date

from schemas.alert import Alert
from schemas.base import Mode
from schemas.ids import belongs_to, election_id, election_of
from schemas.refusal import shorten
from schemas.reject import Reject
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.notifier.notice import NIGHT_KINDS
from services.platform.mode import namespace_mode
from services.platform.names import Topics


def doubt_of_alert(alert: Alert, key: bytes | None, namespace: str) -> str:
    """Returns why an alert is withheld from every channel, empty if it is in order.

    `key` is the key of its Kafka message.
    """
    if doubt := _of_mode(alert.mode, namespace) or _of_key(alert.council or alert.election, key):
        return doubt
    is_of_night = alert.kind in NIGHT_KINDS
    if is_of_night != (alert.council is None):
        whose = "the whole night" if is_of_night else "one council"
        return f"council: {alert.council or 'none'}; {alert.kind!r} is about {whose}"
    if alert.council is not None and alert.election != election_of(alert.council):
        return f"election: {alert.council} is no council of {shorten(alert.election)}"
    if not _is_election(alert.election):
        return f"election: {shorten(alert.election)} is none; expected one such as local.2014-05-22"
    return ""


def doubt_of_ward(
    ward: WardTotals, council: CouncilTotals, key: bytes | None, namespace: str
) -> str:
    """Returns why a ward is withheld from every channel, empty if it is in order.

    `council` are the totals of its council, `key` is the key of its Kafka message.
    """
    if doubt := _of_mode(council.mode, namespace) or _of_key(ward.council, key):
        return doubt
    if not belongs_to(ward.ballot_paper_id, ward.council):
        return f"ballot_paper_id: {ward.ballot_paper_id} is no ballot of {ward.council}"
    return ""


def doubt_of_reminder(council: CouncilTotals, namespace: str) -> str:
    """Returns why a reminder about a council is withheld from every channel, empty if in order."""
    return _of_mode(council.mode, namespace)


def doubt_of_reject(reject: Reject, namespace: str) -> str:
    """Returns why a reject is withheld from every channel, empty if it is in order."""
    expected = Topics(namespace).declarations
    if reject.topic != expected:
        return f"topic: {shorten(reject.topic)}; only rejects of {expected} belong here"
    return ""


def _is_election(text: str) -> bool:
    try:
        return text == election_id(date.fromisoformat(text.removeprefix("local.")))
    except ValueError:
        return False


def _of_mode(mode: Mode, namespace: str) -> str:
    expected = namespace_mode(namespace)
    return "" if mode == expected else f"mode: {mode!r}; namespace {namespace!r} is {expected!r}"


def _of_key(council: str, key: bytes | None) -> str:
    if key == council.encode():
        return ""
    shown = "none" if key is None else shorten(key)
    return f"key: {shown}; messages of {council} have its id as their key"
