"""The table of what containers use and how long they take, in docs/operations/containers.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations" / "containers.md"
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"

PER_CONTAINER = {
    "healthy again after kill -9": "after `kill -9`",
    "healthy again after SIGSTOP": "after it hung",
}


def seconds(value: object) -> str:
    """Returns a time as people write it."""
    if not isinstance(value, (int, float)):
        return "–"
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"  # noqa: PLR2004


def table(figures: dict[str, Any]) -> str:
    """Returns both tables in Markdown: one row for each container, one for each measured time."""
    memory: dict[str, dict[str, Any]] = figures["memory"]
    where = f"{figures['docker']} and {figures['images']}"
    lines = [
        f"Measured with {where}, on two cores that other work shared, in one run.",
        "",
        "| container | memory | limit | healthy again after `kill -9` | after it hung |",
        "|---|---|---|---|---|",
    ]
    for name, used in memory.items():
        times = [seconds(figures[key].get(name)) for key in PER_CONTAINER]
        lines.append(f"| {name} | {used['memory']} | {used['limit']} | {' | '.join(times)} |")
    lines += ["", "| what | took |", "|---|---|"]
    lines += [
        f"| {name} | {seconds(value)} |"
        for name, value in figures.items()
        if isinstance(value, float)
    ]
    one, other = figures["counted by each of two aggregators"]
    lines += ["", f"Of two aggregators one counted {one:,} and the other {other:,} declarations."]
    return "\n".join(lines) + "\n"


def write_page(figures: dict[str, Any]) -> None:
    """Puts the tables between the page's marks."""
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(f"{BEGIN}.*{END}", re.DOTALL)
    PAGE.write_text(pattern.sub(lambda _: BEGIN + table(figures) + END, text), encoding="utf-8")
