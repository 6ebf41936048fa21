"""Alerts as an Atom feed (RFC 4287), for feed readers and whatever else follows feeds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.etree import ElementTree as ET

from schemas.alert import Alert
from services.ticker.feed.entry import milliseconds
from services.ticker.feed.parsing import parse_alert

ATOM: Final = "http://www.w3.org/2005/Atom"
MEDIA_TYPE: Final = "application/atom+xml"

ENTRIES_MAX: Final = 500
"""Alerts in a feed that is polled, newest first: some hours of the largest night, 1 MB."""

_REHEARSAL: Final = "REHEARSAL: "
_WITHDRAWN: Final = "WITHDRAWN: "

_UPDATE: Final = timedelta(seconds=1)
"""How much later than the alert itself its withdrawal is at least, so that feed readers see it."""

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that no XML document may have, not even escaped."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a feed is about: a title, where the feed and its page are served, and the poll's day."""

    title: str
    path: str
    page: str
    poll: str

    @property
    def urn(self) -> str:
        """The id of the feed, which stays the same wherever it is served."""
        return uuid5(NAMESPACE_URL, f"livecount:{self.page.rpartition('/')[2]}").urn


def of_election(election: str) -> Subject:
    """Returns what the feed of an election is about."""
    path = f"/v1/elections/{election}/alerts.atom"
    return Subject(f"Alerts of {election}", path, f"/elections/{election}", _poll(election))


def of_council(council: str, name: str) -> Subject:
    """Returns what the feed of a council is about."""
    path = f"/v1/councils/{council}/alerts.atom"
    return Subject(f"{name}: alerts", path, f"/councils/{council}", _poll(council))


def of_ward(council: str, name: str, ballot: str, ward: str) -> Subject:
    """Returns what the feed of a ward is about."""
    path = f"/v1/councils/{council}/wards/{ballot}.atom"
    page = f"/councils/{council}/wards/{ballot}"
    return Subject(f"{ward}, {name}: alerts", path, page, _poll(ballot))


@dataclass(frozen=True, slots=True)
class _Told:
    """An alert, when it came, when it last changed, and what withdrew it."""

    alert: Alert
    at: datetime
    updated: datetime
    withdrawn_by: Alert | None


def alerts_atom(
    about: Subject,
    entries: Iterable[tuple[str, bytes]],
    *,
    site: str = "",
    limit: int | None = ENTRIES_MAX,
) -> bytes:
    """Returns alerts as a feed, those that were raised or withdrawn last at first.

    `entries` are alerts as JSON, oldest first, each with the feed id that it came with; no more
    than `limit` of them are in the feed. With the address of the ticker as `site`, alerts link to
    the pages of their councils, and those of the night to its page. A rehearsal says so in every
    title. An alert keeps its id. One that is withdrawn says so from then on, which is an update of
    its entry; what withdraws it has an entry, too, and names it in a link.
    """
    told = _told(entries, about)[:limit]
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "en-GB"})
    is_rehearsal = any(each.alert.mode == "rehearsal" for each in told)
    _text(feed, "title", f"{_REHEARSAL if is_rehearsal else ''}{about.title}")
    _text(feed, "id", about.urn)
    updated = max((each.updated for each in told), default=_beginning(about))
    _text(feed, "updated", updated.isoformat())
    _text(ET.SubElement(feed, "author"), "name", "livecount")
    if site:
        own = {"rel": "self", "type": MEDIA_TYPE, "href": f"{site}{about.path}"}
        ET.SubElement(feed, "link", own)
        ET.SubElement(feed, "link", {"rel": "alternate", "href": f"{site}{about.page}"})
    for each in told:
        _entry(feed, each, site)
    document: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def _told(entries: Iterable[tuple[str, bytes]], about: Subject) -> list[_Told]:
    """Returns alerts, those that changed last at first."""
    every = [(feed_id, parse_alert(data)) for feed_id, data in entries]
    withdrawals = {
        alert.retracts: (_time(feed_id, alert, about), alert)
        for feed_id, alert in every
        if alert.retracts
    }
    told = []
    for feed_id, alert in every:
        at = _time(feed_id, alert, about)
        if alert.id in withdrawals:
            withdrawn_at, by = withdrawals[alert.id]
            # What withdraws an alert may state the time of the first declaration once more.
            told.append(_Told(alert, at, max(withdrawn_at, at + _UPDATE), by))
        else:
            told.append(_Told(alert, at, at, None))
    # Of the same time, the later ones come first.
    told.reverse()
    told.sort(key=lambda each: each.updated, reverse=True)
    return told


def _entry(feed: ET.Element, told: _Told, site: str) -> None:
    alert, by = told.alert, told.withdrawn_by
    entry = ET.SubElement(feed, "entry")
    mark = _REHEARSAL if alert.mode == "rehearsal" else ""
    _text(entry, "title", f"{mark}{_WITHDRAWN if by else ''}{alert.text}")
    _text(entry, "id", UUID(alert.id).urn)
    _text(entry, "published", told.at.isoformat())
    _text(entry, "updated", told.updated.isoformat())
    if site:
        ET.SubElement(entry, "link", {"rel": "alternate", "href": f"{site}{_page(alert)}"})
    if site and alert.certificate:
        href = f"{site}/v1/alerts/{alert.id}/certificate"
        link = {"rel": "describedby", "type": "application/json", "href": href}
        ET.SubElement(entry, "link", link)
    related = [alert.retracts] if alert.retracts else []
    for each in [*related, *([by.id] if by else [])]:
        ET.SubElement(entry, "link", {"rel": "related", "href": UUID(each).urn})
    for term in (alert.kind, alert.action, *([alert.beat] if alert.beat else [])):
        ET.SubElement(entry, "category", {"term": term})
    lines = [alert.paragraph or alert.text, *alert.proof]
    if by:
        lines = [f"Withdrawn: {by.text}", "It said:", *lines]
    _text(entry, "content", "\n".join(lines)).set("type", "text")


def _page(alert: Alert) -> str:
    """Returns the path of the page that an alert is on: its council's, or the night's."""
    if alert.council is None:
        return f"/elections/{alert.election}#alert-{alert.id}"
    return f"/councils/{alert.council}#alert-{alert.id}"


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = _NOT_XML.sub("\ufffd", text)
    return child


def _time(feed_id: str, alert: Alert, about: Subject) -> datetime:
    """Returns when an alert was caused; if it does not say, when it came; else the poll's day."""
    came_ms = milliseconds(feed_id)
    came = datetime.fromtimestamp(came_ms / 1_000, UTC) if came_ms else _beginning(about)
    return alert.caused_at or came


def _poll(identifier: str) -> str:
    return identifier.rpartition(".")[2]


def _beginning(about: Subject) -> datetime:
    """Returns the day of a poll, which is when a feed without alerts was last changed."""
    return datetime.fromisoformat(about.poll).replace(tzinfo=UTC)
