"""What RFC 4287 says that every Atom feed must and must not have, for those that are served."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"

_ONCE_IN_A_FEED = ("id", "title", "updated")
_AT_MOST_ONCE_IN_A_FEED = ("generator", "icon", "logo", "rights", "subtitle")
_AT_MOST_ONCE_IN_AN_ENTRY = ("content", "published", "rights", "source", "summary")


def atom_faults(document: bytes) -> list[str]:
    """Returns each rule that a feed breaks, with the section of RFC 4287 that has it."""
    feed = ET.fromstring(document)  # noqa: S314 -- our own
    faults = [] if feed.tag == f"{ATOM}feed" else ["4.1.1: the root is no feed"]
    foreign = [each.tag for each in feed.iter() if not each.tag.startswith(ATOM)]
    faults += [f"6.3: {tag} is no element of Atom" for tag in foreign]
    faults += _counts(feed, _ONCE_IN_A_FEED, 1, 1, "4.1.1")
    faults += _counts(feed, _AT_MOST_ONCE_IN_A_FEED, 0, 1, "4.1.1")
    entries = feed.findall(f"{ATOM}entry")
    if feed.find(f"{ATOM}author") is None:
        faults += [
            "4.1.1: an entry has no author"
            for each in entries
            if each.find(f"{ATOM}author") is None
        ]
    for part in (feed, *entries):
        faults += _links(part) + _dates(part) + _id(part)
    for entry in entries:
        faults += _counts(entry, ("id", "title", "updated"), 1, 1, "4.1.2")
        faults += _counts(entry, _AT_MOST_ONCE_IN_AN_ENTRY, 0, 1, "4.1.2")
        faults += _content(entry)
    same = Counter((e.findtext(f"{ATOM}id"), e.findtext(f"{ATOM}updated")) for e in entries)
    faults += [f"4.1.1: {key} comes {times} times" for key, times in same.items() if times > 1]
    faults += [
        "4.2.2: a category has no term" for c in feed.iter(f"{ATOM}category") if not c.get("term")
    ]
    faults += [
        "3.2.1: a person has no name"
        for author in feed.iter(f"{ATOM}author")
        if not author.findtext(f"{ATOM}name")
    ]
    return faults


def _counts(
    part: ET.Element, names: tuple[str, ...], least: int, most: int, section: str
) -> list[str]:
    found = {name: len(part.findall(f"{ATOM}{name}")) for name in names}
    return [
        f"{section}: {name} comes {times} times"
        for name, times in found.items()
        if not least <= times <= most
    ]


def _links(part: ET.Element) -> list[str]:
    links = part.findall(f"{ATOM}link")
    faults = ["4.2.7.1: a link has no href" for link in links if not link.get("href")]
    alternates = Counter(
        (link.get("type"), link.get("hreflang"))
        for link in links
        if link.get("rel", "alternate") == "alternate"
    )
    faults += [
        "4.1.1: two alternate links of one type" for times in alternates.values() if times > 1
    ]
    return faults


def _dates(part: ET.Element) -> list[str]:
    faults = []
    for name in ("updated", "published"):
        for found in part.findall(f"{ATOM}{name}"):
            text = found.text or ""
            # RFC 3339 asks for a T and for an offset.
            if not _is_date(text):
                faults.append(f"3.3: {name} is {text!r}")
    return faults


def _is_date(text: str) -> bool:
    try:
        return "T" in text and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _id(part: ET.Element) -> list[str]:
    text = part.findtext(f"{ATOM}id") or ""
    return [] if urlsplit(text).scheme and text.strip() == text else [f"4.2.6: the id is {text!r}"]


def _content(entry: ET.Element) -> list[str]:
    content = entry.find(f"{ATOM}content")
    if content is None:
        links = entry.findall(f"{ATOM}link")
        has_page = any(link.get("rel", "alternate") == "alternate" for link in links)
        return [] if has_page else ["4.1.2: an entry has neither content nor a page"]
    if content.get("type", "text") == "text" and len(content):
        return ["4.1.3.3: text has elements in it"]
    return []
