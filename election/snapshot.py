"""State: a council's count as bytes, and back.

JSON, for it can be read when something is wrong. Each ward is written once and kept, so that a
state costs little more late in the night than early.
"""

from __future__ import annotations

import json
from typing import Any

from election import archive
from election.alert_state import Claim, Key, Told
from election.council import Council
from election.opening import Opening
from election.rules.tally import add_up, opened_tally
from election.ward import Contest, Ward
from schemas.base import Mode
from schemas.compact import compact
from schemas.council import CouncilOpened, ElectoralSystem
from schemas.council_result import CouncilDeclared

_FORMAT = 2
"""Counts the layouts of the state. Another one is refused, and the log is folded anew."""


def dump(council: Council) -> bytes:
    """Returns a council's state. `load` makes an equal council of it."""
    declared = council.declared
    head = {
        "format": _FORMAT,
        "council": council.council,
        "mode": council.mode,
        "version": council.version,
        "settled_at": council.settled_at,
        "declared": declared and declared.model_dump_json(exclude_defaults=True),
        "told": [
            [ballot, *key, *told.claim, told.alert, told.headline]
            for ballot, group in council.told.items()
            for key, told in group.items()
        ],
    }
    wards = b",".join([ward.written for ward in council.wards.values()])
    opening = council.opening.written if council.opening else b"null"
    return b'%b,"opening":%b,"wards":[%b]}' % (compact(head)[:-1], opening, wards)


def load(state: bytes) -> Council:
    """Returns the council that `dump` wrote. Raises ValueError for any other bytes."""
    try:
        held = json.loads(state)
        if held["format"] != _FORMAT:
            raise ValueError(f"format: {held['format']}; expected {_FORMAT}, so fold the log anew")
        return _council(held)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(
            f"state: not one that dump wrote ({error!r}); fold the log anew"
        ) from error


def _council(held: dict[str, Any]) -> Council:
    council, mode = held["council"], held["mode"]
    opening = tally = None
    system: ElectoralSystem = "plurality"
    if held["opening"] is not None:
        facts, digest, labels = held["opening"]
        opened = CouncilOpened.model_validate_json(facts)
        opening = Opening(opened, digest, labels)
        system = opened.electoral_system
    wards = {facts[0]: _ward(facts, council, mode, system) for facts in held["wards"]}
    if opening is not None:
        shares = (ward.share for ward in wards.values())
        tally = add_up(opened_tally(opened.standing, opened.cycle), shares)
    told: dict[str, dict[Key, Told]] = {}
    for ballot, *rest in held["told"]:
        key, claim = Key(*rest[:3]), Claim(*rest[3:8])
        told.setdefault(ballot, {})[key] = Told(claim, *rest[8:])
    declared = held["declared"]
    return Council(
        council=council,
        mode=mode,
        version=held["version"],
        opening=opening,
        tally=tally,
        declared=None if declared is None else CouncilDeclared.model_validate_json(declared),
        wards=wards,
        settled_at=held["settled_at"],
        told=told,
    )


def _ward(facts: list[Any], council: str, mode: Mode, system: ElectoralSystem) -> Ward:
    ballot, opened, declared, status, counts, fits = facts
    contest = None
    if opened is not None:
        name, gss, seats, fielded, nominees, electorate, expected_at = opened
        contest = Contest(
            name,
            gss,
            seats,
            fielded,
            archive.read_nominees(nominees),
            electorate,
            archive.read_moment(expected_at),
        )
    return Ward(
        ballot,
        contest,
        archive.read_declaration(declared),
        archive.read_notice(status, council, mode, ballot),
        system,
        counts,
        fits,
    )
