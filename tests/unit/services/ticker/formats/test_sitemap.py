from __future__ import annotations

from xml.etree import ElementTree as ET

from services.ticker.formats.sitemap import (
    ADDRESSES_MAX,
    SITEMAPS,
    Mapped,
    sitemap,
    sitemap_index,
)
from tests.support.shown_night import shown
from tests.support.ticking import COUNCIL, ELECTION, WARDS, ballot, opened

SITE = "https://count.example.org"


def addresses(text: bytes) -> list[str | None]:
    return [each.text for each in ET.fromstring(text).iter(f"{{{SITEMAPS}}}loc")]  # noqa: S314 -- our own text


def test_a_live_night_is_mapped_with_its_councils_and_wards() -> None:
    """Search engines are told of every page of the night, and of nothing else."""
    state = shown([opened().model_copy(update={"mode": "live"})])
    night = f"{SITE}/elections/{ELECTION}"
    council = f"{SITE}/councils/{COUNCIL}"

    assert addresses(sitemap(SITE, Mapped(state).paths())) == [
        night,
        f"{night}/closest",
        f"{night}/expected",
        council,
        *(f"{council}/wards/{ballot(ward)}" for ward in WARDS),
    ]


def test_a_rehearsal_is_not_mapped() -> None:
    """Nobody shall find a played night by searching for the real one."""
    assert addresses(sitemap(SITE, Mapped(shown([opened()])).paths())) == []


def test_a_map_has_no_more_addresses_than_the_protocol_allows() -> None:
    """What is beyond is left out; no night has so many pages."""
    assert (
        len(addresses(sitemap(SITE, (f"/{number}" for number in range(60_000))))) == ADDRESSES_MAX
    )


def test_the_index_names_the_map_of_each_election() -> None:
    """It is never empty, which the protocol does not allow."""
    assert addresses(sitemap_index(SITE, [])) == [f"{SITE}/sitemap-front.xml"]
    assert addresses(sitemap_index(SITE, [ELECTION]))[1:] == [
        f"{SITE}/elections/{ELECTION}/sitemap.xml"
    ]
