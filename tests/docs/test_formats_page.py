"""The page about formats names every column that is read or given out, and no other."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from readers.event_line import EventCandidate, EventLine
from services.archive.counted_log import count_log, election_states
from services.ticker.formats.atom import ENTRIES_MAX, alerts_atom
from services.ticker.formats.democracy_club import DEMOCRACY_CLUB_COLUMNS
from services.ticker.formats.lga import LGA_COLUMNS
from services.ticker.formats.press_association import press_association_json
from services.ticker.formats.results import RESULTS_COLUMNS
from services.ticker.routes import formats
from services.ticker.routes.formats import opened
from tests.support.archived import PARTITIONS, log_of
from tests.support.checkout import CHECKOUT
from tests.support.night_of_two import night_of_two

PAGE = (CHECKOUT / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
CELLS = {"text", "integer", "integer_or_warn", "flag", "day", "time", "_first"}
PARTS = {"get", "part", "words", "_child", "_all"}

IN = {
    "results.csv": (("results", "turnout", "stv_stages", "party_cell", "councils"), CELLS),
    "council_results.csv": (("council_results", "party_cell"), CELLS),
    "Democracy Club's exports": (("democracy_club",), CELLS),
    "Democracy Club's API": (("democracy_club_api",), PARTS),
    "The schema of the Local Government Association": (("lga",), CELLS),
    "ModernGov's GetElectionResults": (("modern_gov",), PARTS),
    "The Press Association's results of councils": (
        ("press_association", "agency_said"),
        {"part", "attribute"},
    ),
    "pa-ids.csv": (("agency_ids",), CELLS),
}
"""The modules that read each form, and the calls that name a column."""

ELSEWHERE = {
    # Asked for by the name of a constant; and of `councils.csv`, which the same module reads.
    "results.csv": {
        "stage",
        *("control_before", "cycle", "display_name", "independents_as_party", "seats_total"),
        *("last_election_notional", "seats_vacant", "voting_system"),
    },
    # By which every table finds its council.
    "council_results.csv": {"council", "council_gss"},
    # What the rows are turned into.
    "Democracy Club's exports": {"council"},
    "ModernGov's GetElectionResults": {"ward"},
    # Put together from parts, one for each reason.
    "The schema of the Local Government Association": {"BallotsRejected", "Total"},
    # The element that holds each party; and what a rush without seats says, asked for together.
    "The Press Association's results of councils": {
        "Party",
        *("winningParty", "gainOrHold", "sittingParty"),
    },
}
"""Names that the calls of a form show, or do not show, for another reason than that it is read."""


def section(title: str) -> str:
    return PAGE.partition(f"\n### {title}\n")[2].partition("\n##")[0]


def named(title: str, what: str) -> set[str]:
    (line,) = re.findall(rf"^- {what}: (.+)$", section(title), re.MULTILINE)
    return set(re.findall(r"`([^`]+)`", line))


def read_by(modules: tuple[str, ...], calls: set[str]) -> set[str]:
    """Returns the names that the calls in modules ask for, and the columns that a table maps."""
    return {
        name
        for module in modules
        for node in ast.walk(ast.parse((CHECKOUT / "readers" / f"{module}.py").read_text("utf-8")))
        for name in (*_asked(node, calls), *_mapped(node))
    }


def _asked(node: ast.AST, calls: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Call):
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name in calls:
            yield from _texts(node.args)


def _mapped(node: ast.AST) -> Iterator[str]:
    """Yields the columns in a dictionary from our columns to theirs."""
    columns = node.values if isinstance(node, ast.Dict) else []
    if all(isinstance(each, ast.Tuple) for each in columns):
        for each in columns:
            yield from _texts(getattr(each, "elts", []))


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    for each in nodes:
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value:
            yield each.value


@pytest.mark.parametrize("title", IN)
def test_every_column_that_is_read_is_on_the_page(title: str) -> None:
    """And none that is not."""
    modules, calls = IN[title]
    asked = {name.casefold() for name in read_by(modules, calls)}

    on_page = {name.casefold() for name in named(title, "Read")}

    elsewhere = {name.casefold() for name in ELSEWHERE.get(title, ())}
    assert on_page - elsewhere == asked - elsewhere


def test_every_field_of_an_event_file_is_on_the_page() -> None:
    """Those of a message and those of its candidates."""
    fields = {*EventLine.model_fields, *EventCandidate.model_fields}

    assert named("Event files", "Read") == fields


@pytest.mark.parametrize(
    ("title", "columns"),
    [
        ("results.csv, given out", RESULTS_COLUMNS),
        ("democracy-club.csv", DEMOCRACY_CLUB_COLUMNS),
        ("lga.csv", LGA_COLUMNS),
    ],
)
def test_every_column_that_is_given_out_is_on_the_page(
    title: str, columns: dict[str, object]
) -> None:
    """In the order of the table."""
    (line,) = re.findall(r"^- Columns: (.+)$", section(title), re.MULTILINE)

    assert re.findall(r"`([^`]+)`", line) == [*columns]


def test_every_part_of_the_councils_and_of_the_feed_is_on_the_page() -> None:
    """Of a council that is complete, and of a feed with an alert that withdraws another."""
    (state,) = election_states(count_log(log_of(night_of_two(), "live"), PARTITIONS))
    councils = json.loads(press_association_json(opened(state)))
    feed = ET.fromstring(alerts_atom(state.election, state.alert_entries, site="x"))  # noqa: S314

    given = {name.removeprefix("@") for name in _names(councils)}
    tags = {each.tag.rpartition("}")[2] for each in feed.iter()} - {"feed", "name"}

    # Nobody has stated what this council's parties held, and nobody declared at a stated time.
    unsaid = {"change", "Changes", "declarationTime"}
    assert given - {"LocalElectionResult"} == named("press-association.json", "Columns") - unsaid
    assert tags == named("alerts.atom", "Columns")
    assert f"newest {ENTRIES_MAX}" in section("alerts.atom")


def _names(found: object) -> Iterator[str]:
    if isinstance(found, list):
        for each in found:
            yield from _names(each)
    elif isinstance(found, dict):
        yield from found
        for each in found.values():
            yield from _names(each)


def test_every_form_that_is_served_is_on_the_page() -> None:
    """Under its name below an election."""
    served = {getattr(route, "path", "").rpartition("/")[2] for route in formats.router.routes}
    out = PAGE.partition("\n## Out\n")[2]
    titles = {title.partition(",")[0] for title in re.findall(r"^### (.+)$", out, re.MULTILINE)}

    assert titles == served


def test_every_form_says_where_it_is_from_and_what_is_left_out() -> None:
    """Three lines each."""
    for title in re.findall(r"^### (.+)$", PAGE, re.MULTILINE):
        text = section(title)
        assert "\n- Source: " in text, title
        assert re.search(r"^- (Not read|Not in it): .", text, re.MULTILINE), title
