"""The page about formats names every column that is read or given out, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from readers.event_line import EventCandidate, EventLine
from readers.findings import Findings
from readers.public_sources.reading import read_sources
from services.archive.counted_log import count_log, election_states
from services.ticker.formats.atom import ENTRIES_MAX, alerts_atom, of_election
from services.ticker.formats.democracy_club import DEMOCRACY_CLUB_COLUMNS
from services.ticker.formats.lga import LGA_COLUMNS
from services.ticker.formats.national_table import NATIONAL_COLUMNS
from services.ticker.formats.press_association import press_association_json
from services.ticker.formats.results import RESULTS_COLUMNS
from services.ticker.routes import atom_feeds, formats
from services.ticker.routes.formats import opened
from tests.support.archived import PARTITIONS, log_of
from tests.support.checkout import CHECKOUT
from tests.support.columns_read import CELLS, as_column, cells_taken, read_by
from tests.support.night_of_two import night_of_two

PAGE = (CHECKOUT / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
PREPARING = (CHECKOUT / "docs" / "reference" / "preparing.md").read_text(encoding="utf-8")
PARTS = {"get", "part", "words", "_child", "_all"}
AGENCY = {"part", "attribute", "get"}
SOURCES = "readers/public_sources"

IN: dict[str, tuple[tuple[str, ...], Collection[str]]] = {
    "results.csv": (
        (
            *("readers/results", "readers/turnout", "readers/stv_stages", "readers/party_cell"),
            "readers/councils",
        ),
        CELLS,
    ),
    "council_results.csv": (("readers/council_results", "readers/party_cell"), CELLS),
    "Democracy Club's exports": (("readers/democracy_club",), CELLS),
    "Democracy Club's API": (("readers/democracy_club_api",), PARTS),
    "The schema of the Local Government Association": (("readers/lga",), CELLS),
    "ModernGov's GetElectionResults": (("readers/modern_gov",), PARTS),
    "The Press Association's results of councils": (
        ("readers/press_association", "readers/agency_said", "readers/agency_items:parties"),
        AGENCY,
    ),
    "pa-ids.csv": (("readers/agency_ids",), CELLS),
    "EveryElection's elections": (
        (f"{SOURCES}/every_election", f"{SOURCES}/reading", "readers/json_parts"),
        PARTS,
    ),
    "Democracy Club's ballots and candidates": ((f"{SOURCES}/nominations",), CELLS),
    "Open Council Data's roll": ((f"{SOURCES}/open_council_data:read_roll",), CELLS),
    "Open Council Data's history": ((f"{SOURCES}/open_council_data:read_history",), CELLS),
    "mySociety's register of councils": ((f"{SOURCES}/council_register",), CELLS),
    "The Press Association's nominations": (
        (f"{SOURCES}/agency_nominations", "readers/agency_items:parties"),
        AGENCY,
    ),
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
    # What a rush without seats says, asked for together.
    "The Press Association's results of councils": {"winningParty", "gainOrHold", "sittingParty"},
}
"""Names that the calls of a form show, or do not show, for another reason than that it is read."""

TAKEN = {
    "Democracy Club's ballots and candidates": cells_taken(
        f"{SOURCES}/nominations", "readers/democracy_club"
    )
}
"""Columns that a form takes from the rows of another."""


def section(title: str) -> str:
    return PAGE.partition(f"\n### {title}\n")[2].partition("\n##")[0]


def named(title: str, what: str) -> set[str]:
    (line,) = re.findall(rf"^- {what}: (.+)$", section(title), re.MULTILINE)
    return set(re.findall(r"`([^`]+)`", line))


@pytest.mark.parametrize("title", IN)
def test_every_column_that_is_read_is_on_the_page(title: str) -> None:
    """And none that is not."""
    modules, calls = IN[title]
    asked = {as_column(name) for name in read_by(modules, calls) | TAKEN.get(title, set())}

    on_page = {as_column(name) for name in named(title, "Read")}

    elsewhere = {as_column(name) for name in ELSEWHERE.get(title, ())}
    assert on_page - elsewhere == asked - elsewhere


def test_every_field_of_an_event_file_is_on_the_page() -> None:
    """Those of a message and those of its candidates."""
    fields = {*EventLine.model_fields, *EventCandidate.model_fields}

    assert named("Event files", "Read") == fields


def test_the_example_of_declaration_times_is_read_as_the_page_says(tmp_path: Path) -> None:
    """A council and a time on each line, on the day of the heading or another."""
    (text,) = re.findall(r"```text title=times\n(.*?)```", PAGE, re.DOTALL)
    file, findings = tmp_path / "times.txt", Findings()
    file.write_text(text, encoding="utf-8")

    times = read_sources([file], date(2027, 5, 6), findings).times

    assert [(each.council, f"{each.expected_at:%a %d %H:%M}") for each in times] == [
        ("Exampleborough", "Fri 07 02:30"),
        ("Sir Enghraifft", "Sat 08 14:00"),
    ]
    assert findings.faults == findings.warnings == ()


def test_every_source_of_preparing_has_a_section() -> None:
    """The table of `preparing` links to each, and to no other."""
    linked = re.findall(r"\(formats\.md#([\w-]+)\) \|", PREPARING)
    before_the_poll = PAGE.partition("\n## In, before the poll\n")[2].partition("\n## ")[0]
    titles = re.findall(r"^### (.+)$", before_the_poll, re.MULTILINE)

    assert linked == [re.sub(r"[^\w-]", "", title.lower().replace(" ", "-")) for title in titles]


@pytest.mark.parametrize(
    ("title", "columns"),
    [
        ("results.csv, given out", RESULTS_COLUMNS),
        ("democracy-club.csv", DEMOCRACY_CLUB_COLUMNS),
        ("lga.csv", LGA_COLUMNS),
        ("national.csv", dict.fromkeys(NATIONAL_COLUMNS)),
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
    feed = ET.fromstring(alerts_atom(of_election(state.election), state.alert_entries, site="x"))  # noqa: S314

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
    routes = [*formats.router.routes, *atom_feeds.router.routes]
    paths = [getattr(route, "path", "") for route in routes]
    served = {path.rpartition("/")[2] for path in paths if path.startswith("/v1/elections/")}
    out = PAGE.partition("\n## Out\n")[2]
    titles = {title.partition(",")[0] for title in re.findall(r"^### (.+)$", out, re.MULTILINE)}

    assert titles == served


def test_every_form_says_where_it_is_from_and_what_is_left_out() -> None:
    """Three lines each."""
    for title in re.findall(r"^### (.+)$", PAGE, re.MULTILINE):
        text = section(title)
        assert "\n- Source: " in text, title
        assert re.search(r"^- (Not read|Not in it): .", text, re.MULTILINE), title
