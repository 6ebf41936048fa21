"""The run: `python -m tests.slips --slips 10000 --seed 2026`.

Prints three tables, and writes all numbers to a file of JSON. The same seed gives the same.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.slips.entered import WAYS
from tests.slips.run import Report, councils, run, seeded
from tests.slips.trial import POLICIES

JSON = Path(".local") / "slips.json"


CAUGHT = ("refused", "warned", "held", "passes")
COLUMNS = {
    "refused by the form": "refused",
    "warned of by the form": "warned",
    "held for a second entry": "held",
    "counts": "passes",
    "read back otherwise": "is_read_otherwise",
    "warned of later": "later",
    "others elected": "elected",
    "control in the end": "end, silent",
    "in silence after a second entry": "is_silent_twice",
}
"""The columns of what is entered, with the numbers that they show: parts of all slips, and counts
of those that count in silence from one person."""


def main() -> int:
    """Runs the command and returns its status; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.slips", description=__doc__)
    parser.add_argument("--slips", type=int, default=10_000, help="of all kinds together")
    parser.add_argument("--seed", default="2026")
    parser.add_argument("--night", action="append", default=[], help="one of nights/; else all")
    parser.add_argument("--without-nominations", action="store_true")
    parser.add_argument("--json", type=Path, default=JSON)
    given = parser.parse_args()
    found = councils(given.night, nominations=not given.without_nominations)
    report = run(found, seeded(found, given.slips, given.seed))
    entered = (f"{way}\n\n{entered_table(report, way)}" for way in WAYS)
    tables = (table(report), true_table(report), *entered, true_entered_table(report))
    sys.stdout.write("\n\n".join((f"seed {given.seed}", *tables, "")))
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(as_json(report, given.seed), encoding="utf-8")
    return 0


def table(report: Report, policies: Sequence[str] = tuple(POLICIES)) -> str:
    """Returns what became of the slips: kinds by policies, in percent, as Markdown."""
    lines = [
        "| slip | tried | " + " | ".join(policies) + " |",
        "|---|---|" + "---|" * len(policies),
    ]
    for kind, by_policy in report.slips.items():
        tried = by_policy["final"]["tried"]
        cells = " | ".join(_cell(by_policy[policy]) for policy in policies)
        lines.append(f"| {kind} | {tried:,} | {cells} |")
    return "\n".join(lines)


def entered_table(report: Report, way: str) -> str:
    """Returns where each slip is caught that is typed into the form in a way, as Markdown.

    The columns after `counts` are parts of those that do so in silence.
    """
    lines = [
        f"| slip | {' | '.join(COLUMNS)} |",
        f"|---|{'---|' * len(COLUMNS)}",
    ]
    rows = {kind: by_way[way] for kind, by_way in report.entered.items()}
    rows["together"] = sum(rows.values(), Counter())
    for kind, numbers in rows.items():
        cells = [_percent(numbers[each], numbers) for each in CAUGHT]
        cells += [f"{numbers[each]:,}" for each in COLUMNS.values() if each not in CAUGHT]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(lines)


def true_entered_table(report: Report) -> str:
    """Returns what becomes of true results that are typed into the form, as Markdown."""
    lines = ["| true results | tried | refused | warned of | held for a second entry |"]
    lines.append("|---|---|---|---|---|")
    for way, numbers in report.true_entered.items():
        cells = [
            f"{_percent(numbers[each], numbers)} ({numbers[each]})"
            for each in ("refused", "warned", "held")
        ]
        lines.append(f"| {way} | {numbers['tried']:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def true_table(report: Report) -> str:
    """Returns what became of the true results by policy and night, in percent, as Markdown."""
    lines = ["| true results | tried | odd or wrong | held, as control hangs on it | knife edge |"]
    lines.append("|---|---|---|---|---|")
    for policy, numbers in sorted(report.true.items()):
        odd, decides, close = numbers["odd or wrong"], numbers["decides"], numbers["close"]
        lines.append(
            f"| {policy} | {numbers['tried']:,} | {_percent(odd, numbers)} ({odd}) |"
            f" {_percent(decides, numbers)} ({decides}) | {_percent(close, numbers)} ({close}) |"
        )
    return "\n".join(lines)


def as_json(report: Report, seed: str) -> str:
    """Returns all numbers as JSON."""
    numbers = {
        "seed": seed,
        "slips": report.slips,
        "true": report.true,
        "entered": report.entered,
        "true_entered": report.true_entered,
    }
    return json.dumps(numbers, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _cell(numbers: Counter[str]) -> str:
    """Returns how many are caught, and of the others how many moved seats, or control."""
    caught = numbers["tried"] - numbers["silent"]
    cell = _percent(caught, numbers)
    if not numbers["silent"]:
        return cell
    moved = [f"seats {_percent(numbers['seats, silent'], numbers)}"]
    for what, count in (
        ("elected", numbers["elected, silent"] - numbers["seats, silent"]),
        ("control", numbers["control, silent"]),
        ("later", numbers["later"]),
        ("end", numbers["end, silent"]),
    ):
        if count > 0:
            moved.append(f"{what} {_percent(count, numbers)}")
    return f"{cell} ({', '.join(moved)})"


def _percent(count: int, numbers: Counter[str]) -> str:
    return f"{100 * count / max(1, numbers['tried']):.1f} %"


if __name__ == "__main__":
    sys.exit(main())
