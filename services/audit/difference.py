"""Differences between a council in Redis and the same council counted from the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import orjson

from election.council import Council
from election.snapshot import dump, load
from election.totals import council_totals
from election.ward_totals import ward_totals
from services.audit.recount import Counted
from services.audit.stored import StoredCouncil

Kind = Literal[
    "council", "totals", "ward", "alert", "reject", "delivery", "watermark", "national", "log"
]

SHOWN_CHARACTERS_MAX = 200
"""Characters shown of a value, so that a difference stays readable."""


class Difference(NamedTuple):
    """One thing in Redis or on a topic that does not follow from the log."""

    kind: Kind
    subject: str
    detail: str

    def __str__(self) -> str:
        """Returns the difference as one line."""
        return f"{self.kind}: {self.subject}: {self.detail}"


def council_differences(
    name: str, expected: Counted, found: StoredCouncil | None
) -> Iterator[Difference]:
    """Yields every difference between a council in Redis and the log."""
    council = expected.council
    if council is None:
        if found is not None:
            yield Difference("council", name, "in Redis, but no declaration names it")
        return
    if found is None:
        yield Difference("council", name, f"missing; the log counts it to {expected.offset}")
        return
    for field, ours, theirs in (
        ("version", council.version, found.version),
        ("offset", expected.offset, found.offset),
        ("partition", expected.partition, found.partition),
    ):
        if ours != theirs:
            yield Difference("council", name, f"{field}: {theirs} in Redis, {ours} by the log")
    if not _same_state(council, found.state):
        yield Difference("council", name, "state: not the one that the log leads to")
    totals = council_totals(council)
    yield from _json_differences(
        "totals", name, totals.model_dump_json().encode() if totals else b"", found.totals
    )
    if totals is not None:
        yield from _ward_differences(council, found)
        yield from _alert_differences(name, expected, found)


def _ward_differences(council: Council, found: StoredCouncil) -> Iterator[Difference]:
    listed = [ballot for ballot, ward in council.wards.items() if ward.contest is not None]
    for ballot in listed:
        ward = ward_totals(council, ballot).model_dump_json().encode()
        yield from _json_differences("ward", ballot, ward, found.wards.get(ballot, b""))
    for ballot in sorted(found.wards.keys() - set(listed)):
        yield Difference("ward", ballot, "in Redis, but the council does not list it")


def _alert_differences(name: str, expected: Counted, found: StoredCouncil) -> Iterator[Difference]:
    ours = [alert.id for alert in expected.alerts]
    theirs = [orjson.loads(alert)["id"] for alert in found.alerts]
    if ours == theirs:
        return
    for alert in ours:
        if alert not in theirs:
            yield Difference("alert", name, f"{alert} is missing in Redis")
    for alert in theirs:
        if alert not in ours:
            yield Difference("alert", name, f"{alert} is in Redis, but nothing caused it")
    if sorted(ours) == sorted(theirs):
        yield Difference("alert", name, "in another order in Redis")
    elif set(ours) == set(theirs):
        yield Difference("alert", name, "repeated in Redis")


def _json_differences(kind: Kind, name: str, ours: bytes, theirs: bytes) -> Iterator[Difference]:
    if ours == theirs:
        return
    if not ours or not theirs:
        yield Difference(kind, name, "missing" if ours else "in Redis, but nothing was declared")
        return
    wanted, given = orjson.loads(ours), orjson.loads(theirs)
    for field in sorted(wanted.keys() | given.keys()):
        if wanted.get(field) != given.get(field):
            yield Difference(
                kind,
                name,
                f"{field}: {shown(given.get(field))} in Redis,"
                f" {shown(wanted.get(field))} by the log",
            )


def _same_state(council: Council, state: bytes) -> bool:
    if dump(council) == state:
        return True
    try:
        return load(state) == council
    except ValueError:
        return False


def shown(value: object) -> str:
    """Returns a value as JSON, cut to what stays readable."""
    return orjson.dumps(value).decode()[:SHOWN_CHARACTERS_MAX]
