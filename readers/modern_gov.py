"""Turns what ModernGov's web service answers to `GetElectionResults` into rows of `results.csv`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from readers.council_names import council_words
from readers.councils import Councils, ListedCouncil
from readers.csv_table import Row
from readers.findings import Findings
from readers.xml_root import xml_root
from schemas.spelling import compared

_CANDIDATE: Final = re.compile(r"<(?:\w+:)?candidate[\s>]", re.IGNORECASE)


def read_modern_gov(
    file: Path, text: str, councils: Councils, findings: Findings
) -> tuple[Row, ...]:
    """Returns a row for each candidate under the columns of `results.csv`.

    A ward without candidates has one row without a name. A fault is added, and there are no rows,
    if the text is other XML, is of no listed council, or has a document type.
    """
    root = _root(file, text, findings)
    if root is None:
        return ()
    council = _council(root, councils)
    if council is None:
        title = _child(root, "title")
        what = f"title: {title!r} is of no council in councils.csv; add the council there"
        findings.fault(file, 1, what)
        return ()
    areas = {_child(each, "electionareaid"): each for each in _all(root, "electionarea")}
    people = _all(root, "candidate")
    lines = _lines(text)
    rows = []
    for number, person in enumerate(people):
        area = areas.get(_child(person, "electionareaid"))
        line = lines[number] if number < len(lines) else 1
        rows.append(Row(file, line, _cells(council, area, person), findings))
    named = {_child(person, "electionareaid") for person in people}
    empty = [area for identifier, area in areas.items() if identifier not in named]
    rows += [Row(file, 1, _cells(council, area, None), findings) for area in empty]
    return tuple(rows)


def _root(file: Path, text: str, findings: Findings) -> ET.Element | None:
    root = xml_root(file, text, findings, remedy="save it anew, or as CSV")
    if root is None:
        return None
    if not _all(root, "electionarea") and not _all(root, "candidate"):
        findings.fault(file, 1, "is XML, but not of ModernGov's GetElectionResults; save it as CSV")
        return None
    return root


def _council(root: ET.Element, councils: Councils) -> ListedCouncil | None:
    """Returns the council of the title, or the only one that is listed.

    North Hertfordshire is not Hertfordshire: a name within another one does not count.
    """
    if len(councils.all) == 1:
        return councils.all[0]
    title = _child(root, "title")
    exact = councils.find("", title) or councils.with_words(council_words(title))
    if exact:
        return exact
    words = f" {compared(title)} "
    found = sorted(
        (each for each in councils.all if _within(each.name, words)),
        key=lambda each: len(each.name),
    )
    if not found:
        return None
    longest = found.pop()
    within = f" {compared(longest.name)} "
    return longest if all(_within(each.name, within) for each in found) else None


def _within(name: str, words: str) -> bool:
    return f" {compared(name)} " in words


def _cells(
    council: ListedCouncil, area: ET.Element | None, person: ET.Element | None
) -> dict[str, str]:
    cells = {"council": council.name, "council_gss": council.council_gss}
    if area is not None:
        cells |= {
            "ward": _child(area, "title"),
            "seats_contested": _child(area, "numseats"),
            "electorate": _positive(_child(area, "electorate")),
            "ballots_cast": _positive(_child(area, "numballotpapersissued")),
            "spoilt": _spoilt(area),
        }
    if person is not None:
        cells |= {
            "ward": cells.get("ward") or _child(person, "areatitle"),
            "candidate": _child(person, "candidatename"),
            "party": _child(person, "politicalpartytitle"),
            "votes": _child(person, "numvotes"),
            "elected": _child(person, "iselected"),
        }
    return cells


def _spoilt(area: ET.Element) -> str:
    votes = [_child(each, "numvotes") for each in _all(area, "spoiledvote")]
    counted = [int(each) for each in votes if each.isdecimal() and len(each) <= 9]  # noqa: PLR2004
    return _positive(str(sum(counted)))


def _positive(number: str) -> str:
    """Returns a number, or blank for 0, which stands where nothing was typed."""
    return "" if number == "0" else number


def _all(element: ET.Element, name: str) -> list[ET.Element]:
    return [each for each in element.iter() if _name(each) == name]


def _child(element: ET.Element, name: str) -> str:
    found = next((each for each in element if _name(each) == name), None)
    return " ".join((found.text or "").split()) if found is not None else ""


def _name(element: ET.Element) -> str:
    """Returns an element's name without its namespace, in lower case."""
    return element.tag.rpartition("}")[2].casefold() if isinstance(element.tag, str) else ""


def _lines(text: str) -> list[int]:
    """Returns the line of each candidate."""
    found: list[int] = []
    line, place = 1, 0
    for match in _CANDIDATE.finditer(text):
        line += text.count("\n", place, match.start())
        place = match.start()
        found.append(line)
    return found
