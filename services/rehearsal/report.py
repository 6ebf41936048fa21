"""Prints the totals and alerts of `tally` and `rehearse`, as JSON or for people."""

# ruff: noqa: PLC0415 -- rich is imported only when it is needed, so that JSON is printed sooner.

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import orjson

from schemas.alert import Alert
from schemas.national import NationalTotals
from schemas.printable import printable
from schemas.totals import CouncilTotals

LEADERS_SHOWN = 3
"""Parties named in a row of the table for people."""


def council_json(totals: CouncilTotals) -> dict[str, Any]:
    """Returns a council under the field names that the scripts of newsrooms rely on.

    `seats` has the parties that hold any, most seats first.
    """
    return {
        "council": totals.council,
        "council_gss": totals.council_gss,
        "name": totals.name,
        "seats_total": totals.seats_total,
        "majority": totals.majority,
        "seats": {party.party_id: party.seats for party in totals.parties if party.seats},
        "seats_declared": totals.seats_declared,
        "wards_declared": totals.wards_declared,
        "wards_total": totals.wards_total,
        "control_before": totals.control_before,
        "control": totals.control,
        "outcome": totals.outcome,
        "incumbent_out": totals.incumbent_out,
        "settled_at": totals.settled_at,
        "votes_to_flip": totals.votes_to_flip,
        "flip_at": [asdict(flip) for flip in totals.flip_at],
        "complete": totals.complete,
        "headline": totals.headline,
        "explanation": totals.explanation,
    }


def alert_json(alert: Alert) -> dict[str, Any]:
    """Returns an alert under the field names that the scripts of newsrooms rely on."""
    return {
        "id": alert.id,
        "kind": alert.kind,
        "action": alert.action,
        "council": alert.council,
        "council_gss": alert.council_gss,
        "control": alert.control,
        "outcome": alert.outcome,
        "change": alert.change,
        "from": alert.from_,
        "to": alert.to,
        "cause": alert.cause,
        "cause_revision": alert.cause_revision,
        "seq": alert.seq,
        "retracts": alert.retracts,
        "told_by": alert.told_by,
        "flip_at": [asdict(flip) for flip in alert.flip_at],
        "text": alert.text,
        "proof": list(alert.proof),
    }


def print_report(
    councils: Iterable[CouncilTotals],
    alerts: Iterable[Alert],
    nights: Sequence[NationalTotals] = (),
    *,
    as_json: bool,
) -> None:
    """Prints one JSON object, or for people a table of councils and a line for each alert.

    `nights` are the national totals of a rehearsal; people are told their milestones, which are
    not in the JSON.
    """
    if as_json:
        report = {
            "councils": [council_json(totals) for totals in councils],
            "alerts": [alert_json(alert) for alert in alerts],
        }
        sys.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        milestones = [each.text for night in nights for each in night.milestones]
        _print_for_people(councils, [*(alert.text for alert in alerts), *milestones])


def _print_for_people(councils: Iterable[CouncilTotals], lines: Iterable[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    table = Table("Council", "Seats", "Majority", "Most seats", "Wards", "Control")
    for totals in councils:
        leaders = [party for party in totals.parties if party.seats][:LEADERS_SHOWN]
        table.add_row(
            Text(printable(totals.name)),
            str(totals.seats_total),
            str(totals.majority),
            Text(printable(", ".join(f"{party.party} {party.seats}" for party in leaders))),
            f"{totals.wards_declared}/{totals.wards_total}",
            Text(printable(totals.headline)),
        )
    console.print(table)
    for line in lines:
        console.print(Text(printable(line)), soft_wrap=True)
