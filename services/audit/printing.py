"""Prints councils and their provenance for people."""

from __future__ import annotations

import typer

from election.totals import council_totals
from schemas.totals import CouncilTotals
from schemas.uk_time import UK_TIME
from services.audit.provenance import Entry, Provenance


def print_council(totals: CouncilTotals) -> None:
    """Prints a council: its headline, the explanation, and the seats of every party."""
    typer.echo(totals.headline)
    typer.echo(totals.explanation)
    typer.echo(
        f"{totals.wards_declared} of {totals.wards_total} wards declared;"
        f" {totals.seats_total} seats, majority {totals.majority}"
    )
    for party in totals.parties:
        typer.echo(f"  {party.party or party.party_id}: {party.seats} ({party.seats_won} won)")


def print_provenance(found: Provenance) -> None:
    """Prints a council and its declarations, each on a line with its alerts below it."""
    totals = council_totals(found.council) if found.council else None
    typer.echo(found.name)
    if totals is not None:
        print_council(totals)
    for entry in found.entries:
        typer.echo(_entry_text(entry))
        for detail in entry.detail.splitlines():
            typer.echo(f"    {detail}")
        for alert in entry.alerts:
            typer.echo(f"    alert {alert.id}: {alert.text}")


def _entry_text(entry: Entry) -> str:
    at = (entry.happened_at or entry.logged_at).astimezone(UK_TIME)
    what = entry.ballot or entry.type
    return (
        f"{at.isoformat(timespec='seconds')}  {what} revision {entry.revision}"
        f" {entry.status}; {entry.source or 'no source'};"
        f" partition {entry.partition} offset {entry.offset}"
    )
