"""Snapshot: a night's state as JSON, and back: a head, and an entry for each council.

A change of one council writes the head and that council's entry. The sums of parts are not
written, as they follow from the councils; nor are the parts that a council is in, which follow
from the plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from election.nation.digest_state import Digest, Then
from election.nation.entry import CouncilEntry, entry_parts
from election.nation.mark import Mark, MarkKey
from election.nation.part_sum import NO_COUNCIL, CouncilSum, PartSum
from election.nation.party_sum import PartySum
from election.nation.place import Part
from election.nation.plan import NightPlan
from election.nation.state import Night
from election.nation.told_state import ToldMark, ToldMarks
from schemas.national import Milestone, Projection

_FORMAT = 1
"""The version of the layout. Any other version is refused, and the log is folded again."""


def dump_head(night: Night) -> bytes:
    """Returns all of a night but its councils' entries, as JSON."""
    marks, digest = night.marks, night.digest
    order = {council: place for place, council in enumerate(_councils_counted(night))}
    return to_json(
        {
            "format": _FORMAT,
            "election": night.election,
            "mode": night.mode,
            "version": night.version,
            "order": list(night.councils),
            "labels": night.labels,
            "counted": list(order),
            "standing": [_told_as_json(told, order) for told in marks.standing.values()],
            "times": [[*key, times] for key, times in marks.times.items()],
            "milestones": [each.model_dump(mode="json") for each in marks.milestones],
            "projections": [each.model_dump_json() for each in night.projections],
            "digest": [
                digest.due_at and digest.due_at.isoformat(),
                {council: list(then) for council, then in digest.then.items()},
                digest.raised,
            ],
        }
    )


def dump_council(entry: CouncilEntry) -> bytes:
    """Returns one council's entry as JSON."""
    of = entry.sum
    return to_json(
        [
            entry.council,
            entry.version,
            entry.name,
            entry.council_gss,
            entry.cycle,
            entry.expected_next and entry.expected_next.isoformat(),
            list(of.councils),
            {party: list(each) for party, each in of.parties.items()},
            [[*move, councils] for move, councils in of.control.items()],
        ]
    )


def load(head: bytes, councils: Iterable[bytes], plan: NightPlan) -> Night:
    """Returns the night that `dump_head` and `dump_council` wrote, added up by a plan.

    `councils` come in any order. Raises ValueError for any other bytes, and if a council is
    missing or is not of this night.
    """
    try:
        stored = json.loads(head)
        if stored["format"] != _FORMAT:
            raise ValueError(
                f"format: {stored['format']}; expected {_FORMAT}, so fold the log anew"
            )
        entries = {entry.council: entry for entry in (_entry(each, plan) for each in councils)}
        if entries.keys() != set(stored["order"]):
            raise ValueError("councils: not those of the night's head; fold the log anew")
        return _night(stored, {council: entries[council] for council in stored["order"]})
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(
            f"state: not one that a night wrote ({error!r}); fold the log anew"
        ) from error


def _night(stored: dict[str, Any], councils: dict[str, CouncilEntry]) -> Night:
    due_at, then, raised = stored["digest"]
    return Night(
        election=stored["election"],
        mode=stored["mode"],
        version=stored["version"],
        councils=councils,
        parts=_parts(councils.values()),
        labels=stored["labels"],
        marks=ToldMarks(
            {
                told.mark.key: told
                for told in (_told(each, stored["counted"]) for each in stored["standing"])
            },
            {MarkKey(*key): times for *key, times in stored["times"]},
            tuple(Milestone.model_validate(each) for each in stored["milestones"]),
        ),
        projections=tuple(Projection.model_validate_json(each) for each in stored["projections"]),
        digest=Digest(
            due_at and datetime.fromisoformat(due_at),
            {council: Then(*each) for council, each in then.items()},
            tuple(raised),
        ),
    )


def _entry(stored: bytes, plan: NightPlan) -> CouncilEntry:
    council, version, name, gss, cycle, expected, numbers, parties, control = json.loads(stored)
    return CouncilEntry(
        council,
        version,
        name,
        gss,
        cycle,
        expected and datetime.fromisoformat(expected),
        PartSum(
            CouncilSum(*numbers),
            {party: PartySum(*each) for party, each in parties.items()},
            {(before, now): councils for before, now, councils in control},
        ),
        entry_parts(council, gss, cycle, plan),
    )


def _parts(councils: Iterable[CouncilEntry]) -> dict[Part, PartSum]:
    found: dict[Part, PartSum] = {}
    for entry in councils:
        for part in entry.parts:
            found[part] = found.get(part, NO_COUNCIL).moved(NO_COUNCIL, entry.sum)
    return found


def _councils_counted(night: Night) -> list[str]:
    """Returns the councils that any mark stands on, those that are not opened included."""
    counted = (told.counted for told in night.marks.standing.values())
    return sorted(frozenset().union(*counted))


def _told_as_json(told: ToldMark, order: dict[str, int]) -> list[Any]:
    """Returns a mark that stands, with its councils as the bits of a number in hexadecimal."""
    mark = told.mark
    bits = sum(1 << order[council] for council in told.counted)
    return [
        mark.name,
        mark.count,
        mark.party,
        mark.bound,
        mark.limit,
        mark.baseline,
        *mark.where,
        told.alert,
        f"{bits:x}",
        told.number,
    ]


def _told(stored: list[Any], councils: list[str]) -> ToldMark:
    name, count, party, bound, limit, baseline, kind, part, alert, bits, number = stored
    limits = {bound: limit}
    mark = Mark(
        name=name, count=count, party=party, baseline=baseline, where=Part(kind, part), **limits
    )
    places = int(bits, 16)
    counted = frozenset(each for place, each in enumerate(councils) if places >> place & 1)
    return ToldMark(mark, alert, counted, number)
