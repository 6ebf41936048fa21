"""Alerts as an Atom feed (RFC 4287), for feed readers and whatever else follows feeds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
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

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that no XML document may have, not even escaped."""


def alerts_atom(
    election: str,
    entries: Iterable[tuple[str, bytes]],
    *,
    site: str = "",
    limit: int | None = ENTRIES_MAX,
) -> bytes:
    """Returns the alerts of an election as a feed, newest first.

    `entries` are alerts as JSON, oldest first, each with the feed id that it came with; no more
    than `limit` of them are in the feed. With the address of the ticker as `site`, alerts link to
    the pages of their councils, and those of the night to its page. A rehearsal says so in every
    title. An alert keeps its id, and what it says; one that withdraws another names it in a link.
    """
    every = [(feed_id, parse_alert(data)) for feed_id, data in entries]
    newest = every[::-1][:limit]
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "en-GB"})
    is_rehearsal = any(alert.mode == "rehearsal" for _, alert in newest)
    _text(feed, "title", f"{_REHEARSAL if is_rehearsal else ''}Alerts of {election}")
    _text(feed, "id", uuid5(NAMESPACE_URL, f"livecount:{election}").urn)
    times = [_time(feed_id, alert) for feed_id, alert in newest]
    _text(feed, "updated", max(times, default=_beginning(election)).isoformat())
    _text(ET.SubElement(feed, "author"), "name", "livecount")
    if site:
        own = f"{site}/v1/elections/{election}/alerts.atom"
        ET.SubElement(feed, "link", {"rel": "self", "type": MEDIA_TYPE, "href": own})
        ET.SubElement(feed, "link", {"rel": "alternate", "href": f"{site}/elections/{election}"})
    for at, (_, alert) in zip(times, newest, strict=True):
        _entry(feed, alert, at, site)
    document: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def _entry(feed: ET.Element, alert: Alert, at: datetime, site: str) -> None:
    entry = ET.SubElement(feed, "entry")
    mark = _REHEARSAL if alert.mode == "rehearsal" else ""
    _text(entry, "title", f"{mark}{alert.text}")
    _text(entry, "id", UUID(alert.id).urn)
    _text(entry, "updated", at.isoformat())
    if site:
        ET.SubElement(entry, "link", {"rel": "alternate", "href": f"{site}{_page(alert)}"})
    if alert.retracts:
        ET.SubElement(entry, "link", {"rel": "related", "href": UUID(alert.retracts).urn})
    for term in (alert.kind, alert.action):
        ET.SubElement(entry, "category", {"term": term})
    _text(entry, "content", "\n".join([alert.text, *alert.proof])).set("type", "text")


def _page(alert: Alert) -> str:
    """Returns the path of the page that an alert is on: its council's, or the night's."""
    if alert.council is None:
        return f"/elections/{alert.election}#alert-{alert.id}"
    return f"/councils/{alert.council}"


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = _NOT_XML.sub("\ufffd", text)
    return child


def _time(feed_id: str, alert: Alert) -> datetime:
    """Returns when an alert was caused; if it does not say, when it came."""
    return alert.caused_at or datetime.fromtimestamp(milliseconds(feed_id) / 1_000, UTC)


def _beginning(election: str) -> datetime:
    """Returns the day of a poll, which is when a feed without alerts was last changed."""
    return datetime.fromisoformat(election.rpartition(".")[2]).replace(tzinfo=UTC)
