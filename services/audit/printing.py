"""Prints councils and their provenance for people."""

from __future__ import annotations

from collections.abc import Mapping

import typer

from election.totals import council_totals
from schemas.printable import printable
from schemas.totals import CouncilTotals
from schemas.uk_time import UK_TIME
from services.audit.provenance import Entry, EntryStatus, Provenance


def print_line(text: str, *, err: bool = False) -> None:
    """Prints a text as one line, with whatever a terminal would obey shown as an escape.

    Everything goes through here that was written by others, such as names, sources and details.
    """
    typer.echo(printable(text), err=err)


def print_lines(text: str, *, err: bool = False) -> None:
    """Prints a text of ours that has line feeds, each of its lines as `print_line` does."""
    for line in text.split("\n"):
        print_line(line, err=err)


def print_council(totals: CouncilTotals) -> None:
    """Prints a council: its headline, the explanation, and the seats of every party."""
    print_line(totals.headline)
    print_line(totals.explanation)
    print_line(
        f"{totals.wards_declared} of {totals.wards_total} wards declared;"
        f" {totals.seats_total} seats, majority {totals.majority}"
    )
    for party in totals.parties:
        print_line(f"  {party.party or party.party_id}: {party.seats} ({party.seats_won} won)")


def print_provenance(found: Provenance) -> None:
    """Prints a council and its declarations, each on a line with its alerts below it."""
    totals = council_totals(found.council) if found.council else None
    print_line(found.name)
    if totals is not None:
        print_council(totals)
    for entry in found.entries:
        print_line(_entry_text(entry))
        for detail in entry.detail.split("\n") if entry.detail else ():
            print_line(f"    {detail}")
        for alert in entry.alerts:
            print_line(f"    alert {alert.id}: {alert.text}")


_STATUS: Mapping[EntryStatus, str] = {
    "parked": "kept, does not count",
    "held": "held, does not count",
    "disputed": "disputed, does not count",
}
"""How a status is told, where its name does not say it."""


def _entry_text(entry: Entry) -> str:
    at = (entry.happened_at or entry.logged_at).astimezone(UK_TIME)
    what = entry.ballot or entry.type
    if entry.type == "desk.decided":
        what = f"the desk on {what}"
    return (
        f"{at.isoformat(timespec='seconds')}  {what} revision {entry.revision}"
        f" {_STATUS.get(entry.status, entry.status)}; {entry.source or 'no source'};"
        f" partition {entry.partition} offset {entry.offset}"
    )
