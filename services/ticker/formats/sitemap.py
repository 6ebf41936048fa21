"""Site maps, as search engines read them (sitemaps.org 0.9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from xml.etree import ElementTree as ET

from services.ticker.feed.election_state import ElectionState

SITEMAPS: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"

ADDRESSES_MAX: Final = 50_000
"""The most addresses that the protocol allows in one file, five times those of a large night."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """The pages of an election that search engines are told of."""

    state: ElectionState

    def paths(self) -> Iterator[str]:
        """Yields the paths of the night, its councils and their wards; none of a rehearsal."""
        if self.state.is_rehearsal:
            return
        night = f"/elections/{self.state.election}"
        yield from (night, f"{night}/closest", f"{night}/expected")
        for totals in self.state.opened():
            yield f"/councils/{totals.council}"
            for ballot in sorted(self.state.councils[totals.council].wards_json):
                yield f"/councils/{totals.council}/wards/{ballot}"


def sitemap(site: str, paths: Iterable[str]) -> bytes:
    """Returns a site map of paths below an address; of no more than ADDRESSES_MAX of them."""
    return _list("urlset", "url", (f"{site}{path}" for path in islice(paths, ADDRESSES_MAX)))


def sitemap_index(site: str, elections: Iterable[str]) -> bytes:
    """Returns where the site maps of the front page and of each election are."""
    maps = [f"{site}/elections/{election}/sitemap.xml" for election in elections]
    return _list("sitemapindex", "sitemap", [f"{site}/sitemap-front.xml", *maps])


def _list(outer: str, inner: str, addresses: Iterable[str]) -> bytes:
    root = ET.Element(outer, {"xmlns": SITEMAPS})
    for address in addresses:
        ET.SubElement(ET.SubElement(root, inner), "loc").text = address
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
