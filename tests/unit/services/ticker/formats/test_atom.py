from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from services.archive.counted_log import count_log, election_states
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.parsing import parse_alert
from services.ticker.formats.atom import (
    ATOM,
    ENTRIES_MAX,
    alerts_atom,
    of_council,
    of_election,
    of_ward,
)
from tests.support.archived import PARTITIONS, log_of
from tests.support.atom_rules import atom_faults
from tests.support.national import night_alert
from tests.support.night_of_two import night_of_two
from tests.support.ticking import ELECTION

BARSETSHIRE = "local.barsetshire.2026-05-07"
SITE = "https://count.example"


def night(namespace: str = "live") -> ElectionState:
    events = night_of_two()
    if namespace != "live":
        events = [event.model_copy(update={"mode": "rehearsal"}) for event in events]
    (state,) = election_states(count_log(log_of(events, namespace), PARTITIONS))
    return state


def feed(state: ElectionState, **options: str | int) -> ET.Element:
    about = of_election(state.election)
    document = alerts_atom(about, state.alert_entries, **options)  # type: ignore[arg-type]
    return ET.fromstring(document)  # noqa: S314 -- our own


def texts(feed: ET.Element, path: str) -> list[str]:
    names = "/".join(f"{{{ATOM}}}{name}" for name in path.split("/"))
    return [found.text or "" for found in feed.findall(names)]


def ids(feed: ET.Element) -> list[str]:
    return [text.removeprefix("urn:uuid:").replace("-", "") for text in texts(feed, "entry/id")]


def test_a_feed_has_every_alert_once_those_that_changed_last_first() -> None:
    """Each under an id that stays the same."""
    state = night()
    alerts = state.councils[BARSETSHIRE].alerts

    found = feed(state, site=SITE)

    assert sorted(ids(found)) == sorted(alert.id for alert in alerts)
    updated = texts(found, "entry/updated")
    assert updated == sorted(updated, reverse=True)
    assert texts(found, "updated") == updated[:1]


def test_an_alert_that_stands_says_what_it_says_elsewhere() -> None:
    """Its line as title, and as content its paragraph, or that line, with its proof."""
    state = night()
    withdrawn = {alert.retracts for alert in state.councils[BARSETSHIRE].alerts}
    standing = {each.id: each for each in state.councils[BARSETSHIRE].alerts}
    found = feed(state)
    told = zip(ids(found), texts(found, "entry/title"), texts(found, "entry/content"), strict=True)

    for identifier, title, content in told:
        alert = standing[identifier]
        if identifier not in withdrawn:
            assert title == alert.text
            assert content.split("\n") == [alert.paragraph or alert.text, *alert.proof]


def test_a_withdrawal_updates_what_it_withdraws() -> None:
    """Whoever has read the alert is shown it again, later than before, with what withdrew it."""
    state = night()
    alerts = {each.id: each for each in state.councils[BARSETSHIRE].alerts}
    before = texts(feed(state), "entry/published")
    found = feed(state)
    entries = dict(zip(ids(found), found.findall(f"{{{ATOM}}}entry"), strict=True))
    retractions = [each for each in alerts.values() if each.retracts]

    assert retractions
    for retraction in retractions:
        assert retraction.retracts is not None
        withdrawn = entries[retraction.retracts]
        title = withdrawn.findtext(f"{{{ATOM}}}title") or ""
        published = withdrawn.findtext(f"{{{ATOM}}}published") or ""
        assert title == f"WITHDRAWN: {alerts[retraction.retracts].text}"
        assert (withdrawn.findtext(f"{{{ATOM}}}updated") or "") > published
        assert retraction.text in (withdrawn.findtext(f"{{{ATOM}}}content") or "")
        assert retraction.id in entries
    assert before == texts(found, "entry/published")


def test_a_paragraph_takes_the_place_of_the_line() -> None:
    """It is the same in plain sentences, as it can be published."""
    state = night()
    feed_id, data = state.alert_entries[-1]
    told = parse_alert(data).model_copy(update={"paragraph": "Labour has held Barsetshire."})
    state.alert_entries[-1] = (feed_id, told.model_dump_json().encode())

    assert any(
        content.startswith("Labour has held Barsetshire.")
        for content in texts(feed(state), "entry/content")
    )


@pytest.mark.parametrize("namespace", ["live", "rehearsal"])
@pytest.mark.parametrize("site", ["", SITE])
def test_every_feed_keeps_the_rules_of_the_standard(namespace: str, site: str) -> None:
    """RFC 4287, of an election, of a council, of a ward, and of nothing at all."""
    state = night(namespace)
    ballot = next(iter(state.councils[BARSETSHIRE].wards_json))
    subjects = (
        of_election(state.election),
        of_council(BARSETSHIRE, "Barsetshire"),
        of_ward(BARSETSHIRE, "Barsetshire", ballot, "Ward"),
    )
    for about in subjects:
        assert atom_faults(alerts_atom(about, state.alert_entries, site=site)) == []
        assert atom_faults(alerts_atom(about, [], site=site)) == []
    assert len({about.urn for about in subjects}) == len(subjects)


def test_the_rules_of_the_standard_are_checked() -> None:
    """A feed that breaks some is found to."""
    whole = alerts_atom(of_election("local.2026-05-07"), night().alert_entries)

    for broken in (
        whole.replace(b"<updated>", b"<updated>x", 1),
        whole.replace(b"<author><name>livecount</name></author>", b""),
        whole.replace(b"urn:uuid:", b"", 1),
        whole.replace(b"<title>", b"<subtitle>", 1).replace(b"</title>", b"</subtitle>", 1),
    ):
        assert atom_faults(broken)


def test_an_entry_links_to_its_council_and_to_what_it_withdraws() -> None:
    """The ids of both alerts are those of the feed."""
    found = feed(night(), site=SITE)
    links = [
        (link.get("rel"), link.get("href") or "")
        for entry in found.findall(f"{{{ATOM}}}entry")
        for link in entry.findall(f"{{{ATOM}}}link")
    ]

    assert any(href.startswith(f"{SITE}/councils/{BARSETSHIRE}#alert-") for _, href in links)
    withdrawn = {href for rel, href in links if rel == "related"}
    assert withdrawn
    assert withdrawn <= set(texts(found, "entry/id"))


def test_a_rehearsal_says_so_in_every_title() -> None:
    """Whoever follows the feed sees titles only."""
    found = feed(night("rehearsal"))

    titles = [*texts(found, "title"), *texts(found, "entry/title")]
    assert all(title.startswith("REHEARSAL: ") for title in titles)


def test_a_feed_has_the_newest_alerts_if_there_are_more() -> None:
    """It is polled, and older ones are known."""
    state = night()

    assert len(texts(feed(state, limit=2), "entry/id")) == 2
    assert texts(feed(state, limit=2), "entry/id") == texts(feed(state), "entry/id")[:2]
    assert len(state.alert_entries) < ENTRIES_MAX


def test_a_feed_of_no_alerts_is_a_feed() -> None:
    """It was last changed on the day of the poll."""
    found = ET.fromstring(alerts_atom(of_election("local.2026-05-07"), []))  # noqa: S314 -- our own

    assert texts(found, "updated") == ["2026-05-07T00:00:00+00:00"]


def test_texts_of_others_are_neither_markup_nor_broken_xml() -> None:
    """Signs that no XML document may have are replaced."""
    state = night()
    feed_id, data = state.alert_entries[-1]
    hostile = data.replace(b'"proof":[', b'"proof":["<b>&amp; \\u0000 \\ufffe ]]>",')
    state.alert_entries[-1] = (feed_id, hostile)

    contents = texts(feed(state), "entry/content")

    assert any("<b>&amp; \ufffd \ufffd ]]>" in content for content in contents)


def test_an_alert_of_the_night_links_to_the_page_of_the_night() -> None:
    """As it is of no council."""
    alert = night_alert()
    document = alerts_atom(
        of_election(ELECTION), [("1-0", alert.model_dump_json().encode())], site=SITE
    )
    found = ET.fromstring(document)  # noqa: S314 -- our own
    (link,) = found.findall(f"{{{ATOM}}}entry/{{{ATOM}}}link")

    assert link.get("href") == f"{SITE}/elections/{ELECTION}#alert-{alert.id}"
    assert texts(found, "entry/title") == [f"REHEARSAL: {alert.text}"]
