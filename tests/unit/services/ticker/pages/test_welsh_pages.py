"""Pages of councils and wards in Welsh, and the way to them."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from schemas.examples import WARD_TOTALS
from services.pages.assets import asset
from services.pages.language import Language
from services.pages.script_words import SCRIPT_WORDS
from services.ticker.broadcast.page_key import CouncilPage, PageKey, WardPage
from services.ticker.feed.election_state import ElectionState
from services.ticker.pages.document import PageFrame, TimeSlider, document
from services.ticker.pages.embed import Embed
from services.ticker.pages.render import render
from services.ticker.pages.welsh_headline import welsh_headline
from services.ticker.pages.welsh_wording import clock_with_seconds, ward_state
from tests.support.drawn import night_so_far
from tests.support.past_night import totals_after

CARDIFF = "local.cardiff.2012-05-03"
BARNET = "local.barnet.2014-05-22"
OAKLEIGH = "local.barnet.oakleigh.2014-05-22"
SITE = "https://count.example.org"
NOON_MS = 1_400_756_400_000


def page(
    state: ElectionState, key: PageKey, template: str, path: str, at_ms: int | None = None
) -> str:
    """Returns a page as a reader gets it."""
    slider = TimeSlider(NOON_MS, NOON_MS + 60_000, at_ms)
    embed = Embed("auto", "livecount", path) if template.startswith("embed") else None
    address = f"{SITE}/embed" if embed else f"{SITE}{path}"
    frame = PageFrame(template, address, is_wall=False, slider=slider, embed=embed)
    return document(frame, key, render(state, key), state, state.at).decode()


def cardiff(language: Language) -> str:
    """Returns the page of a council in Wales."""
    state, path = night_so_far("councils-2012", 1.0), f"/councils/{CARDIFF}"
    return page(state, CouncilPage(CARDIFF, language), "council.html", path)


def barnet(language: Language = "en", at_ms: int | None = None) -> str:
    """Returns the page of a council in England, halfway through its count."""
    state, path = night_so_far("barnet-2014", 0.5), f"/councils/{BARNET}"
    return page(state, CouncilPage(BARNET, language), "council.html", path, at_ms)


def test_the_page_of_a_welsh_council_is_in_welsh() -> None:
    """Its language, its labels, its headline and its title; names stay as they are."""
    html = cardiff("cy")

    assert '<html lang="cy">' in html
    for label in (
        "Fel y digwyddodd",
        "Seddi fesul plaid",
        "Eich cynghorwyr nawr",
        "Canlyniad llawn",
    ):
        assert f">{label}<" in html
    assert '<span class="tag tag-result">Canlyniad llawn</span>' in html
    headline = "Cardiff: Labour yn ennill rheolaeth, dim rheolaeth gyffredinol cynt"
    assert f"</span> {headline}</h1>" in html
    assert f"<title>YMARFER: {headline} – livecount</title>" in html
    assert "Labour Party</th>" in html


def test_what_is_only_in_english_is_marked_so() -> None:
    """What alerts say and why control is certain; and that a check of the Welsh is owed."""
    html = cardiff("cy")

    assert re.search(r'<p class="lead" lang="en">[^<]+</p>', html)
    assert re.search(r'<p class="alert-text"><span lang="en">Labour', html)
    assert '<div class="unseen" id="say" lang="en" aria-live="polite">' in html
    assert '<span lang="en">No speaker of Welsh has checked this page yet.</span>' in html
    assert ' lang="en"' not in cardiff("en")


def test_a_welsh_council_leads_to_its_page_in_the_other_language() -> None:
    """With a switch for readers, and with alternates for search engines."""
    english, welsh = cardiff("en"), cardiff("cy")
    address = f"{SITE}/councils/{CARDIFF}"

    assert '<a href="?language=cy" hreflang="cy" lang="cy">Cymraeg</a>' in english
    assert '<a href="?" hreflang="en" lang="en-GB">English</a>' in welsh
    for html in (english, welsh):
        assert f'<link rel="alternate" hreflang="en" href="{address}">' in html
        assert f'<link rel="alternate" hreflang="cy" href="{address}?language=cy">' in html
    assert f'<link rel="canonical" href="{address}">' in english
    assert f'<link rel="canonical" href="{address}?language=cy">' in welsh


def test_an_english_council_has_no_switch() -> None:
    """Nothing of its page has to do with Welsh."""
    html = barnet()

    assert '<html lang="en-GB">' in html
    for mark in ("Cymraeg", "hreflang", "language=cy", "data-words", 'lang="cy"'):
        assert mark not in html


def test_links_the_stream_and_the_slider_keep_the_language() -> None:
    """From a council to its wards and back, to earlier times, and while the page is open."""
    html = barnet("cy")
    state, path = night_so_far("barnet-2014", 0.5), f"/councils/{BARNET}/wards/{OAKLEIGH}"
    ward = page(state, WardPage(BARNET, OAKLEIGH, "cy"), "ward.html", path)

    assert re.search(r'href="/councils/[^"]*/wards/[^"?]*"', html) is None
    assert f'href="/councils/{BARNET}/wards/{OAKLEIGH}?language=cy"' in html
    assert f'href="/councils/{BARNET}?language=cy"' in ward
    assert f"view=council%20{BARNET}%20cy" in html
    assert '<input type="hidden" name="language" value="cy">' in html
    assert f'href="?at={NOON_MS}" hreflang="en"' in barnet("cy", NOON_MS)
    assert '<a href="?language=cy">Yn ôl i' in barnet("cy", NOON_MS)


def test_a_ward_and_an_embed_are_in_welsh() -> None:
    """With the state of the count, the votes and the way out in Welsh."""
    state, path = night_so_far("barnet-2014", 0.5), f"/councils/{BARNET}/wards/{OAKLEIGH}"
    key = WardPage(BARNET, OAKLEIGH, "cy")
    ward = page(state, key, "ward.html", path)
    embed = page(state, key, "embed_ward.html", f"{path}?language=cy")

    for html in (ward, embed):
        assert '<html lang="cy">' in html
        assert ">Cyhoeddwyd" in html
        assert re.search(r"<dt>Enillwyd y sedd olaf o</dt><dd>[0-9,]+ pleidlais</dd>", html)
    assert ">Canlyniadau llawn</a>" in embed
    assert "hreflang" not in embed


def test_the_script_has_each_of_its_words_from_a_welsh_page() -> None:
    """Each is a text of the script, so that none is changed in one place only."""
    found = re.search(r'data-words="([^"]*)"', barnet("cy"))
    assert found is not None
    words = json.loads(unescape(found.group(1)))

    assert set(words) == set(SCRIPT_WORDS)
    assert words["Live"] == "Byw"
    script = asset("live.js").decode()
    assert [text for text in SCRIPT_WORDS if f'"{text}"' not in script] == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"control_before": "NOC", "control": "NOC"}, "dim rheolaeth gyffredinol o hyd"),
        ({"control_before": None, "control": "NOC"}, "dim rheolaeth gyffredinol"),
        (
            {"control_before": "PP52", "control": "NOC"},
            "Conservatives yn colli rheolaeth, dim rheolaeth gyffredinol",
        ),
        ({"outcome": "hold"}, "Conservatives yn cadw rheolaeth"),
        (
            {"outcome": "gain", "control_before": "PP53"},
            "Conservatives yn cipio rheolaeth oddi ar Labour",
        ),
        ({"outcome": "undetermined"}, "Conservatives yn rheoli"),
    ],
)
def test_a_headline_in_welsh_says_what_became_of_control(
    given: dict[str, str | None], expected: str
) -> None:
    """From the same fields as in English."""
    (decided,) = totals_after("barnet-2014", 1.0)

    assert welsh_headline(decided.model_copy(update=given)) == f"Barnet: {expected}"


def test_a_headline_in_welsh_says_how_near_a_decision_is() -> None:
    """Who is how short, and how many wards are to come; nothing before the first."""
    (counting,) = totals_after("barnet-2014", 0.5)

    assert welsh_headline(counting).startswith("Barnet: ")
    assert "yn brin o fwyafrif" in welsh_headline(counting)
    none = counting.model_copy(update={"wards_declared": 0})
    assert welsh_headline(none) == "Barnet: dim canlyniad eto"


def test_states_with_numbers_and_times_are_in_welsh() -> None:
    """Months have their Welsh names."""
    recount = {"status": "recount", "recount": 2, "sources": 0, "being_checked": False}
    disputed = {"status": "declared", "correction": None, "sources": 2, "disputed": True}

    assert ward_state(WARD_TOTALS.model_copy(update=recount)) == "Ailgyfrif rhif 2"
    assert ward_state(WARD_TOTALS.model_copy(update=disputed)) == "Cyhoeddwyd, yn cael ei herio"
    assert clock_with_seconds(NOON_MS, BARNET) == "22 Mai 12.00.00"
