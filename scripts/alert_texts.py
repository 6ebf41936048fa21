"""Writes every alert of past nights to a file, wire line and paragraph, so that they can be read.

`python -m scripts.alert_texts FILE NIGHT …` counts nights of `nights/` by the rules alone, as
`livecount tally` does, and their national totals with them. The same nights give the same file.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Annotated, Final

import typer

from election.council import Council
from election.fold import apply
from election.nation import night as nation
from election.nation.night import Night
from election.nation.plan import NightPlan
from election.totals import council_totals
from readers.night import load_night
from schemas.alert import Alert
from schemas.night import DigestDue

SEED: Final = 1
"""Of the order in which the declarations of a night are counted."""

DIGEST_EVERY: Final = 400
"""Events between two digests of a night that has no times of its own: some ten in a large one."""

_FIRST_DIGEST: Final = datetime(2000, 1, 1, 22, 15, tzinfo=UTC)


def alerts_of(name: str) -> Iterator[Alert]:
    """Yields every alert of a past night as it is raised, those of the whole night included."""
    night = load_night(name)
    declared = list(night.on_the_night)
    # In the files one council follows the other; in a night they count at once.
    Random(SEED).shuffle(declared)  # noqa: S311 - the same order every time
    councils: dict[str, Council] = {}
    whole: Night | None = None
    plan = NightPlan()
    for number, event in enumerate((*night.openings, *declared, *night.later), 1):
        before = councils.get(event.council)
        council, effects = apply(event, before)
        councils[event.council] = council
        yield from effects.alerts
        totals = council_totals(council) if council is not before else None
        if totals is not None:
            changed = nation.apply(totals, whole, plan)
            whole = changed.night
            yield from changed.alerts
        if whole is not None and not number % DIGEST_EVERY:
            at = _FIRST_DIGEST + timedelta(minutes=15 * (number // DIGEST_EVERY))
            due = DigestDue(election=whole.election, mode=whole.mode, due_at=at)
            changed = nation.apply(due, whole, plan)
            whole = changed.night
            yield from changed.alerts


def text_of(alert: Alert) -> str:
    """Returns an alert as it stands in the file."""
    beat = f" {alert.beat.upper()}" if alert.beat else ""
    words = len(alert.paragraph.split())
    table = ", ".join(
        f"{each.party} {each.seats}{'' if each.change is None else f' ({each.change:+})'}"
        for each in alert.seats
    )
    lines = [f"[{alert.kind} {alert.action}{beat}, {words} words]", alert.text, alert.paragraph]
    return "\n".join([*lines, *([f"| {table}"] if table else [])])


def main(
    file: Annotated[Path, typer.Argument(help="Where to write.")],
    nights: Annotated[list[str], typer.Argument(help="Folders of nights/.")],
) -> None:
    """Writes every alert of the nights to a file."""
    gc.disable()
    parts = []
    for night in nights:
        texts = [text_of(alert) for alert in alerts_of(night)]
        parts.append("\n\n".join([f"=== {night}: {len(texts)} alerts", *texts]))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    typer.run(main)
