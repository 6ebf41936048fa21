from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

import pytest

from readers.night import load_night
from schemas.events import Event
from services.archive.counted_log import count_log, election_states
from services.archive.pages import INDEX, Site, certificate_place
from tests.support.archived import PARTITIONS, log_of
from tests.support.national import night_alert
from tests.support.polls import opened, ward, won

NAMES = ["barnet-2014", "london-2014", "councils-2012"]


def site(events: Iterable[Event]) -> dict[str, str]:
    """Returns the files of a log by their paths."""
    counted = count_log(log_of(events), PARTITIONS)
    made = Site(election_states(counted))
    files = {name: content.decode("utf-8-sig") for name, content in made.files()}
    assert made.left_out == []
    return files | {certificate_place(each.alert): "" for each in counted.certificates}


def night(name: str) -> dict[str, str]:
    loaded = load_night(name)
    return site([*loaded.openings, *loaded.declarations])


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_file_of_the_folder(name: str) -> None:
    """Pages, tables and the style sheet; and every fragment to an element of its page."""
    files = night(name)
    pages = {path: text for path, text in files.items() if path.endswith(".html")}
    broken = []
    for path, text in pages.items():
        for address in re.findall(r'\b(?:href|src|action)="([^"]*)"', text):
            target, _, fragment = address.partition("#")
            if address.startswith("data:"):
                continue
            where = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            found = files.get(where) if target else text
            if found is None or (fragment and f'id="{fragment}"' not in found):
                broken.append((path, address))

    assert len(pages) > 1
    assert broken == []


@pytest.mark.parametrize("name", NAMES)
def test_an_archived_page_needs_neither_scripts_nor_a_server(name: str) -> None:
    """It runs nothing, follows no stream, offers no past and names no other site."""
    text = "\n".join(night(name).values())

    assert "<script" not in text
    assert "data-live" not in text
    assert "<form" not in text
    assert "oembed" not in text
    assert re.findall(r"""(?:href|src|url)\s*[=(]\s*["']?(?:https?:)?//""", text) == []


def test_the_page_to_open_is_the_night() -> None:
    """It has the figures of the night, and leads to every council."""
    files = night("london-2014")

    assert "22 May 2014" in files[INDEX]
    assert 'href="councils/local.barnet.2014-05-22.html"' in files[INDEX]
    assert "Childs Hill" in files["councils/local.barnet.2014-05-22.html"]


def test_a_log_of_several_nights_opens_with_a_list_of_them() -> None:
    """Each night has a page of its own."""
    first = load_night("barnet-2014")
    second = [opened(ward("ash"), before="PP52"), won("ash", "PP53")]

    files = site([*first.openings, *first.declarations, *second])

    assert 'href="elections/local.2014-05-22.html"' in files[INDEX]
    assert 'href="elections/local.2026-05-07.html"' in files[INDEX]
    assert 'href="../index.html"' in files["elections/local.2026-05-07.html"]


def test_an_alert_about_a_ward_that_is_no_longer_listed_leads_to_its_council() -> None:
    """Colindale's poll was countermanded; the one that replaced it has another id."""
    index = night("barnet-2014")[INDEX]

    links = re.findall(r'<a href="([^"]+)">Colindale</a>', index)

    assert "councils/local.barnet.2014-05-22.html" in links


def test_the_same_log_gives_the_same_pages() -> None:
    """To the byte."""
    assert night("barnet-2014") == night("barnet-2014")


def test_an_archive_of_nothing_says_that_there_is_nothing() -> None:
    """The page to open is there all the same."""
    assert "No election has been opened yet" in site([])[INDEX]


def test_an_alert_of_the_whole_night_is_on_the_page_of_the_night() -> None:
    """It is of no council, and has no page of a council to lead to."""
    loaded = load_night("barnet-2014")
    states = election_states(count_log(log_of(loaded.openings), PARTITIONS))
    alert = night_alert()
    states[0].alert_entries.append(("1-0", alert.model_dump_json().encode()))
    made = Site(states)
    files = {name: content.decode("utf-8-sig") for name, content in made.files()}

    assert made.left_out == []
    assert f'id="alert-{alert.id}"' in files[INDEX]
    assert "/councils/None" not in files[INDEX]
