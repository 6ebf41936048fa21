from __future__ import annotations

import asyncio

import httpx
import pytest

from services.platform.settings import Settings
from services.ticker.drafts import printing
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, declared, opened, ticking

pytestmark = pytest.mark.redis_only

WELSH = "local.somewhere.2014-05-22"


async def test_a_councils_draft_says_what_each_number_rests_on(client: httpx.AsyncClient) -> None:
    """Whoever prints a number can look it up in the totals it was taken from."""
    draft = (await client.get(f"/v1/councils/{COUNCIL}/draft")).json()
    council = (await client.get(f"/v1/councils/{COUNCIL}")).json()

    assert draft["feed_id"] == council["feed_id"]
    assert draft["version"] == council["council"]["version"]
    assert draft["mode"] == "rehearsal"
    numbers = [
        span
        for paragraph in draft["paragraphs"]
        for sentence in paragraph["sentences"]
        for span in sentence["spans"]
        if span["value"] is not None
    ]
    assert numbers
    for span in numbers:
        found = (await client.get(span["rests_on"]["data"])).status_code
        page = (await client.get(span["rests_on"]["link"])).status_code
        assert (found, page) == (200, 200), span


async def test_a_draft_is_not_sent_twice(client: httpx.AsyncClient) -> None:
    """A client that has the draft already is told so."""
    first = await client.get(f"/v1/councils/{COUNCIL}/draft")
    again = await client.get(
        f"/v1/councils/{COUNCIL}/draft", headers={"If-None-Match": first.headers["etag"]}
    )

    assert (first.status_code, again.status_code) == (200, 304)


async def test_the_night_has_a_draft_before_it_is_added_up(client: httpx.AsyncClient) -> None:
    """Without the second stage, what the councils themselves say is drafted."""
    answer = await client.get(f"/v1/elections/{ELECTION}/draft")

    assert answer.status_code == 200
    assert answer.json()["kind"] == "night"
    assert answer.json()["version"] is None


@pytest.mark.parametrize("path", [f"/councils/{COUNCIL}/draft", f"/elections/{ELECTION}/draft"])
async def test_drafts_have_pages(client: httpx.AsyncClient, path: str) -> None:
    """A draft can be read in a browser, with the rehearsal banner."""
    answer = await client.get(path, headers={"Accept": "text/html"})

    assert answer.status_code == 200
    assert "Not a live count" in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_names_on_a_draft_are_escaped(client: httpx.AsyncClient) -> None:
    """A name that is markup stays text."""
    answer = await client.get(f"/councils/{COUNCIL}/draft")

    assert "<script>alert" not in answer.text


async def test_an_english_council_has_no_draft_in_welsh(client: httpx.AsyncClient) -> None:
    """It is said why, and for data and page alike."""
    for path in (f"/v1/councils/{COUNCIL}/draft", f"/councils/{COUNCIL}/draft"):
        answer = await client.get(path, params={"language": "cy"})

        assert answer.status_code == 404
        assert "in English only" in answer.json()["detail"]


async def test_a_language_that_is_unknown_is_refused(client: httpx.AsyncClient) -> None:
    """Only English and Welsh are known."""
    answer = await client.get(f"/v1/councils/{COUNCIL}/draft", params={"language": "fr"})

    assert answer.status_code == 422


async def test_a_welsh_council_has_a_draft_in_welsh(counted: Counted, settings: Settings) -> None:
    """Its page says that it is in Welsh, that a check is owed, and what is English in it."""
    council = opened(WELSH, "Somewhere").model_copy(update={"council_gss": "W06000015"})
    await counted.count(council, declared("Ash", "PP52", council=WELSH))
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url, timeout=10) as client:
        data = (await client.get(f"/v1/councils/{WELSH}/draft", params={"language": "cy"})).json()
        page = (await client.get(f"/councils/{WELSH}/draft", params={"language": "cy"})).text
        night = await client.get(f"/v1/elections/{ELECTION}/draft", params={"language": "cy"})

    assert data["language"] == "cy"
    assert data["languages"] == ["en", "cy"]
    assert "siaradwr Cymraeg" in data["note"]
    assert '<html lang="cy">' in page
    assert "Nid cyfrif byw mohono" in page
    assert "No speaker of Welsh has checked this draft yet." in page
    assert night.status_code == 200


async def test_what_was_withdrawn_since_an_earlier_draft_is_said(
    counted: Counted, settings: Settings
) -> None:
    """A correction that takes a call back stands with the next draft, and with `since` only it."""
    names = ("Ash", "Beech", "Cedar")
    await counted.count(opened(), *(declared(name, "PP52") for name in names))
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url, timeout=10) as client:
        path = f"/v1/councils/{COUNCIL}/draft"
        before = (await client.get(path)).json()
        await counted.count(declared("Cedar", "PP53", revision=2))
        async with asyncio.timeout(30):
            after = before
            while not after["withdrawn"]:
                after = (await client.get(path, params={"since": before["feed_id"]})).json()
        later = (await client.get(path, params={"since": after["feed_id"]})).json()
        wrong = await client.get(path, params={"since": "soon"})

    assert "gained Nowhere from Labour" in before["text"]
    assert before["withdrawn"] == []
    (withdrawn,) = [each for each in after["withdrawn"] if each["kind"] == "control"]
    assert withdrawn["text"].startswith("CON GAIN Nowhere")
    assert withdrawn["why"].startswith("WITHDRAWN")
    assert "not decided yet" in after["text"]
    assert "was withdrawn after news from Cedar" in after["text"]
    assert later["withdrawn"] == []
    assert wrong.status_code == 400


async def test_the_terminal_prints_the_same_draft(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    """`livecount draft nowhere` reads what the ticker serves."""
    served = (await client.get(f"/v1/councils/{COUNCIL}/draft")).json()
    found = await printing.drawn_from(settings, "nowhere", "en", None)
    night = await printing.drawn_from(settings, ELECTION, "en", None)

    assert found.draft.text == served["text"]
    assert "REHEARSAL" in printing.as_text(found)
    assert night.kind == "night"
    with pytest.raises(printing.NoSuchNameError, match="elsewhere"):
        await printing.drawn_from(settings, "elsewhere", "en", None)
