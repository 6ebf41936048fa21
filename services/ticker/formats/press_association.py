"""Results of councils in the shape of the Press Association's `LocalElectionResult` (JSON).

Their ids of councils, parties and elections (`@paId`) are theirs alone, and are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import orjson

from schemas.alert import Outcome
from schemas.council import Cycle
from schemas.party import NOC
from schemas.totals import CouncilTotals, PartyTotals
from schemas.uk_time import UK_TIME
from services.ticker.feed.election_state import CouncilState
from services.ticker.formats.ward_table import name_of

_PROPORTIONS: Final[dict[Cycle, str]] = {"all-out": "all", "thirds": "third", "halves": "half"}
_HOLDS: Final[frozenset[Outcome]] = frozenset({"hold", "noc_hold"})


def press_association_json(councils: Iterable[CouncilState]) -> bytes:
    """Returns the result of each council that is complete, as a list.

    `@revision` counts how often a result was given out: a correction that changes it has the next.
    """
    results = [
        {"LocalElectionResult": _result(council)} for council in councils if council.totals.complete
    ]
    return orjson.dumps(results, option=orjson.OPT_INDENT_2)


def _result(council: CouncilState) -> dict[str, Any]:
    totals = council.totals
    raised = sum(each.kind == "result" and each.action == "raise" for each in council.alerts)
    result: dict[str, Any] = {"@revision": str(max(1, raised))}
    times = [ward.declared_at for ward in council.wards if ward.declared_at is not None]
    if times:
        result["@declarationTime"] = f"{max(times).astimezone(UK_TIME):%Y%m%dT%H%M%S%z}"
    poll = totals.election.rpartition(".")[2].replace("-", "")
    result["Election"] = {"@date": poll, "Council": _council(totals)}
    return result


def _council(totals: CouncilTotals) -> dict[str, Any]:
    council: dict[str, Any] = {"@name": name_of(totals)[0]}
    if totals.cycle in _PROPORTIONS:
        council["@proportion"] = _PROPORTIONS[totals.cycle]
    if totals.control is not None:
        council["@winningParty"] = _name_of_control(totals, totals.control)
    if totals.outcome is not None:
        council["@gainOrHold"] = "hold" if totals.outcome in _HOLDS else "gain"
    if totals.control_before is not None:
        council["@sittingParty"] = _name_of_control(totals, totals.control_before)
    if totals.seats_won_known:
        won = [(each, each.seats_won) for each in totals.parties if each.seats_won]
        council["ElectedCouncillors"] = _parties("seats", [(each, str(won)) for each, won in won])
    changes = [
        (each, f"{each.change_eve_of_poll:+d}")
        for each in totals.parties
        if each.change_eve_of_poll is not None
    ]
    if changes:
        council["Changes"] = _parties("change", changes)
    seats = [(each, str(each.seats)) for each in totals.parties if each.seats]
    council["NewCouncil"] = _parties("seats", seats)
    return council


def _parties(figure: str, parties: Iterable[tuple[PartyTotals, str]]) -> dict[str, Any]:
    return {"Party": [{"@name": _name(party), f"@{figure}": text} for party, text in parties]}


def _name(party: PartyTotals) -> str:
    return party.party or party.party_id


def _name_of_control(totals: CouncilTotals, control: str) -> str:
    if control == NOC:
        return NOC
    return next((_name(each) for each in totals.parties if each.party_id == control), control)
