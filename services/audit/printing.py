"""Provenance and councils as people read them."""

from __future__ import annotations

import typer

from election.totals import council_totals
from schemas.totals import CouncilTotals
from services.audit.provenance import Line, Provenance
from services.audit.times import UK


def print_council(totals: CouncilTotals) -> None:
    """Prints a council: its headline, why, and every party's seats."""
    typer.echo(totals.headline)
    typer.echo(totals.explanation)
    typer.echo(
        f"{totals.wards_declared} of {totals.wards_total} wards declared;"
        f" {totals.seats_total} seats, majority {totals.majority}"
    )
    for party in totals.parties:
        typer.echo(f"  {party.party or party.party_id}: {party.seats} ({party.seats_won} won)")


def print_provenance(found: Provenance) -> None:
    """Prints a council's declarations, one a line, with the alerts of each below it."""
    totals = council_totals(found.council) if found.council else None
    typer.echo(found.name)
    if totals is not None:
        print_council(totals)
    for line in found.lines:
        typer.echo(_shown(line))
        for detail in line.detail.splitlines():
            typer.echo(f"    {detail}")
        for alert in line.alerts:
            typer.echo(f"    alert {alert.id}: {alert.text}")


def _shown(line: Line) -> str:
    at = line.said_at or line.logged_at
    what = line.ballot or line.type
    return (
        f"{at.astimezone(UK).isoformat(timespec='seconds')}  {what} revision {line.revision}"
        f" {line.standing}; {line.source or 'no source'};"
        f" partition {line.partition} offset {line.offset}"
    )
