from __future__ import annotations

from xml.etree import ElementTree as ET

from services.archive.counted_log import count_log, election_states
from services.ticker.feed.election_state import ElectionState
from services.ticker.formats.atom import ATOM, ENTRIES_MAX, alerts_atom
from tests.support.archived import PARTITIONS, log_of
from tests.support.national import night_alert
from tests.support.night_of_two import night_of_two
from tests.support.ticking import ELECTION

SITE = "https://count.example"


def night(namespace: str = "live") -> ElectionState:
    events = night_of_two()
    if namespace != "live":
        events = [event.model_copy(update={"mode": "rehearsal"}) for event in events]
    (state,) = election_states(count_log(log_of(events, namespace), PARTITIONS))
    return state


def feed(state: ElectionState, **options: str | int) -> ET.Element:
    document = alerts_atom(state.election, state.alert_entries, **options)  # type: ignore[arg-type]
    return ET.fromstring(document)  # noqa: S314 -- our own


def texts(feed: ET.Element, path: str) -> list[str]:
    names = "/".join(f"{{{ATOM}}}{name}" for name in path.split("/"))
    return [found.text or "" for found in feed.findall(names)]


def test_a_feed_has_every_alert_newest_first() -> None:
    """Each with its line, and an id that stays the same."""
    state = night()
    alerts = state.councils["local.barsetshire.2026-05-07"].alerts[::-1]

    found = feed(state, site=SITE)

    assert texts(found, "entry/title") == [alert.text for alert in alerts]
    ids = [text.removeprefix("urn:uuid:").replace("-", "") for text in texts(found, "entry/id")]
    assert ids == [alert.id for alert in alerts]
    for alert, content in zip(alerts, texts(found, "entry/content"), strict=True):
        assert content.split("\n") == [alert.text, *alert.proof]


def test_a_feed_has_what_the_standard_asks_for() -> None:
    """Id, title, time and author of the feed; id, title and time of every entry (RFC 4287)."""
    found = feed(night(), site=SITE)

    for name in ("id", "title", "updated", "author/name"):
        assert [*filter(None, texts(found, name))], name
    entries = len(texts(found, "entry/id"))
    assert entries > 1
    for name in ("entry/id", "entry/title", "entry/updated"):
        assert len([*filter(None, texts(found, name))]) == entries
    assert texts(found, "updated") == [max(texts(found, "entry/updated"))]


def test_an_entry_links_to_its_council_and_to_what_it_withdraws() -> None:
    """The ids of both alerts are those of the feed."""
    found = feed(night(), site=SITE)
    links = [
        (link.get("rel"), link.get("href") or "")
        for entry in found.findall(f"{{{ATOM}}}entry")
        for link in entry.findall(f"{{{ATOM}}}link")
    ]

    assert ("alternate", f"{SITE}/councils/local.barsetshire.2026-05-07") in links
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
    found = ET.fromstring(alerts_atom("local.2026-05-07", []))  # noqa: S314 -- our own

    assert texts(found, "updated") == ["2026-05-07T00:00:00+00:00"]


def test_texts_of_others_are_neither_markup_nor_broken_xml() -> None:
    """Signs that no XML document may have are replaced."""
    state = night()
    feed_id, data = state.alert_entries[-1]
    hostile = data.replace(b'"proof":[', b'"proof":["<b>&amp; \\u0000 \\ufffe ]]>",')
    state.alert_entries[-1] = (feed_id, hostile)

    content = texts(feed(state), "entry/content")[0]

    assert "<b>&amp; \ufffd \ufffd ]]>" in content


def test_an_alert_of_the_night_links_to_the_page_of_the_night() -> None:
    """As it is of no council."""
    alert = night_alert()
    document = alerts_atom(ELECTION, [("1-0", alert.model_dump_json().encode())], site=SITE)
    found = ET.fromstring(document)  # noqa: S314 -- our own
    (link,) = found.findall(f"{{{ATOM}}}entry/{{{ATOM}}}link")

    assert link.get("href") == f"{SITE}/elections/{ELECTION}#alert-{alert.id}"
    assert texts(found, "entry/title") == [f"REHEARSAL: {alert.text}"]
