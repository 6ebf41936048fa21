"""Prints councils and their provenance for people."""

from __future__ import annotations

from collections.abc import Mapping

import typer

from election.totals import council_totals
from schemas.printable import printable
from schemas.totals import CouncilTotals
from schemas.uk_time import UK_TIME
from services.audit.provenance import Entry, EntryStatus, Provenance
from services.audit.proving import Place, Proven
from services.platform.log_leaves import Proof

NO_PROOFS: Mapping[Place, Proof] = {}


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


def print_proven(proven: Proven, *, with_proofs: bool) -> None:
    """Prints a council, its declarations, and the head of the log that they are under.

    `with_proofs` adds the leaf and the path of each, as `docs/guides/checking-the-log.md` explains
    them.
    """
    print_provenance(proven.found, proven.proofs if with_proofs else {})
    head = proven.head
    if head is None:
        print_line("no declaration is under the head")
        return
    late = len(proven.found.entries) - len(proven.proofs)
    print_line(
        f"{len(proven.proofs)} declarations are in the log: verified up to the head of partition"
        f" {head.partition} at offset {head.end_offset - 1}, {head.messages} messages,"
        f" root {head.root}" + (f"; {late} came later" if late else "")
    )


def print_provenance(found: Provenance, proofs: Mapping[Place, Proof] = NO_PROOFS) -> None:
    """Prints a council and its declarations, each on a line with its alerts below it.

    Below those of which there is a proof stand their leaf and its path.
    """
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
        proof = proofs.get((entry.partition, entry.offset))
        if proof is not None:
            print_line(f"    leaf {proof.leaf_index} of {proof.head.messages}: {proof.leaf.hex()}")
            for other in proof.path:
                print_line(f"    path: {other.hex()}")


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
