"""The demo's view of a council in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from schemas.alert import Alert
from schemas.party import INDEPENDENT, wire_name
from schemas.totals import CouncilTotals

# From Democracy Club and Wikipedia's index of party colours.
_COLOURS = {
    "PP52": "#0087DC",
    "PP53": "#E4003B",
    "PP90": "#FDBB30",
    "PP63": "#02A95B",
    "PP85": "#9507DB",
    INDEPENDENT: "#9a9a9a",
}
_OTHER = "#777777"

ALERTS_SHOWN = 6
"""Alerts shown: the bar stays in sight on a terminal of 24 lines."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the demo shows at one time: `sent` of `total` messages are sent."""

    totals: CouncilTotals | None
    alerts: Sequence[Alert]
    last_ward: str
    sent: int
    total: int
    address: str


def seat_bar(totals: CouncilTotals) -> Text:
    """Returns a cell for each seat, parties in order of size, and the majority marked above.

    Filled cells are seats held; dots are seats still open or vacant.
    """
    line = Text(" " * (totals.majority - 1) + "▼", style="bold")
    line.append(f" majority {totals.majority}\n")
    for party in totals.parties:
        line.append("█" * party.seats, style=_COLOURS.get(party.party_id, _OTHER))
    held = sum(party.seats for party in totals.parties)
    line.append("·" * (totals.seats_total - held), style="dim")
    return line


def party_line(totals: CouncilTotals) -> Text:
    """Returns the seats of each party that has any or can still win, and how many it can reach."""
    line = Text()
    for party in totals.parties:
        if not party.seats and party.needs is None:
            continue
        colour = _COLOURS.get(party.party_id, _OTHER)
        line.append(
            f"{wire_name(party.party_id, party.party)} {party.seats}", style=f"bold {colour}"
        )
        if party.best > party.seats:
            line.append(f" (at most {party.best})", style="dim")
        line.append("   ")
    return line


def render(scene: Scene) -> RenderableType:
    """Returns the whole view: banner, bar, seats, progress and alerts."""
    parts: list[RenderableType] = [
        Text(" REHEARSAL  a past night, played again ", style="bold black on yellow"),
        Text(),
    ]
    if scene.totals is None:
        parts.append(Text("Waiting for the council to open ...", style="dim"))
    else:
        parts += [
            Text(scene.totals.headline, style="bold"),
            seat_bar(scene.totals),
            party_line(scene.totals),
            Text(f"Latest: {scene.last_ward}" if scene.last_ward else "", style="dim"),
        ]
        parts += [Text(f"  {decider.text}") for decider in scene.totals.deciders[:3]]
    progress = Table.grid(padding=(0, 1))
    progress.add_row(
        ProgressBar(total=scene.total, completed=scene.sent, width=40),
        Text(f"{scene.sent} of {scene.total} messages sent"),
    )
    parts += [Text(), progress, Text()]
    parts += [
        Text(f"• {alert.text}", style="bold" if alert.kind == "control" else "")
        for alert in scene.alerts[-ALERTS_SHOWN:]
    ]
    parts.append(Text(f"\nThe same as a page: {scene.address}", style="dim"))
    return Panel(Group(*parts), title="livecount", border_style="dim")
