"""Gains and holds by ward, worked out a second time from the raw rows of two polls.

Written from the description of the files only; it shares no code with the rules and the readers.
`tests/unit/election/ward_changes/` has what it made of the results of London 2010 and 2014, and of
three boroughs in 2018 and 2022, whose rows `night.toml` names the sources of:

    python -m tests.support.ward_changes EARLIER.csv NIGHT/results.csv [parties.csv] > CHANGES.csv

A row is a party that held or won seats in a ward: `before` and `after` are its seats. A ward
without comparison has one row, in which both are blank.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

Row = dict[str, str]
Key = tuple[str, str]
"""A ward: the codes of its council and its own, or its name if it has none."""

HEADER = ("council_gss", "ward", "party", "before", "after")


def rows_of(file: Path) -> list[Row]:
    """Returns the rows of a file of results."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def is_code(text: str) -> bool:
    """Returns whether a text is a code such as E05000026."""
    return re.fullmatch(r"[EWSN][0-9]{8}", text) is not None


Labels = dict[str, str]
"""Labels in plain words, and the one of the same local party that it is counted under."""


def party(row: Row, labels: Labels) -> str:
    """Returns what a candidate's seat is counted under: an id, or a label in plain words."""
    known = {"joint-party:53-119": "PP53"}.get(row["party_id"], row["party_id"])
    label = plain(row["party"])
    return known or labels.get(label, label)


def plain(text: str) -> str:
    """Returns a name in small letters, without what stands between them; `&` is `and`."""
    return re.sub(r"[^a-z0-9:-]+", " ", text.lower().replace("&", "and")).strip()


def seats_by_ward(
    rows: Iterable[Row], labels: Labels
) -> dict[str, dict[tuple[str, str], Counter[str]]]:
    """Returns the seats won by party, for each council and each code and name of a ward."""
    found: dict[str, dict[tuple[str, str], Counter[str]]] = {}
    for row in rows:
        ward = (row["ward_gss"], plain(row["ward"]))
        won = found.setdefault(row["council_gss"], {}).setdefault(ward, Counter())
        won[party(row, labels)] += row["elected"] == "1"
    return found


def changes(
    earlier: Iterable[Row], later: Iterable[Row], labels: Labels
) -> Iterator[tuple[str, ...]]:
    """Yields the rows of a file of changes, ward by ward.

    All seats were up both times. A council has the same wards if all of them have codes, and the
    same codes and seats as before; else nothing in it is comparable.
    """
    before, after = seats_by_ward(earlier, labels), seats_by_ward(later, labels)
    for council, wards in after.items():
        held = {code: won for (code, _), won in before[council].items()}
        won_now = {code: won for (code, _), won in wards.items()}
        same = all(map(is_code, (*held, *won_now))) and {
            code: won.total() for code, won in held.items()
        } == {code: won.total() for code, won in won_now.items()}
        for (code, name), won in wards.items():
            ward = code if is_code(code) else name
            if not same:
                yield council, ward, "", "", ""
                continue
            for each in sorted({*held[code], *won}):
                if held[code][each] or won[each]:
                    yield council, ward, each, str(held[code][each]), str(won[each])


if __name__ == "__main__":
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADER)
    before_and_after = [rows_of(Path(name)) for name in sys.argv[1:3]]
    known_as = [row for name in sys.argv[3:] for row in rows_of(Path(name))]
    same = {plain(row["alias"]): plain(row["party"]) for row in known_as}
    writer.writerows(changes(*before_and_after, same))
