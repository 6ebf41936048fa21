from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from readers.night import load_night
from services.platform.settings import Settings
from tests.support.checkout import CHECKOUT
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, ELECTION, ballot, declared, opened, ticking

pytestmark = pytest.mark.redis_only

Eventually = Callable[..., Awaitable[object]]

GUIDE = CHECKOUT / "docs" / "guides" / "embedding.md"

ISLE_OF_WIGHT = "local.isle-of-wight.2021-05-06"


def snippet() -> str:
    """Returns the script that the guide has hosts put into their pages."""
    (found,) = re.findall(r"```html\n(<script>.+?</script>)\n```", GUIDE.read_text(), re.DOTALL)
    return str(found)


@asynccontextmanager
async def article(body: str) -> AsyncIterator[str]:
    """Serves an article of another site, and yields its address."""
    page = f"<!doctype html><meta charset=utf-8><title>An article</title>{body}".encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
        writer.write(head + b"Content-Length: %d\r\n\r\n" % len(page) + page)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_a_frame_becomes_as_high_as_what_it_shows(
    browser: Browser, counted: Counted, settings: Settings, eventually: Eventually
) -> None:
    """With the guide's script on the page around it, on a phone, and again when it is wider."""
    night = load_night("england-2021")
    wight = [each for each in night.on_the_night if each.council == ISLE_OF_WIGHT]
    await counted.count_batch(
        [*(each for each in night.openings if each.council == ISLE_OF_WIGHT), *wight]
    )
    async with ticking(settings) as ticker:
        frame = f'<iframe src="{ticker}/embed/council/{ISLE_OF_WIGHT}" height="100"></iframe>'
        style = "<style>iframe { width: 100%; border: 0 }</style>"
        async with article(
            f"{style}{frame}<iframe srcdoc='' height=100></iframe>{snippet()}"
        ) as url:
            page = await browser.new_page(viewport={"width": 376, "height": 900})
            await page.goto(url)
            await eventually(lambda: fits(page))
            on_a_phone = await height(page)
            await page.set_viewport_size({"width": 900, "height": 900})
            await expect(page.locator("iframe").first).not_to_have_css("height", f"{on_a_phone}px")
            await eventually(lambda: fits(page))

            assert await height(page) < on_a_phone
            assert await height(page, 1) == 100


async def height(page: Page, number: int = 0) -> int:
    """Returns the height of one of a page's frames, in pixels."""
    box = await page.locator("iframe").nth(number).bounding_box()
    assert box is not None
    return round(box["height"])


async def fits(page: Page) -> bool:
    """Returns whether nothing of a page's first frame has to be scrolled to."""
    fits: bool = await page.frames[1].evaluate(
        "innerHeight > 100"
        " && document.documentElement.scrollHeight <= innerHeight"
        " && document.documentElement.scrollWidth <= innerWidth"
    )
    return fits


@pytest.mark.parametrize(("theme", "is_dark"), [("light", False), ("dark", True), ("auto", True)])
async def test_a_frame_is_light_or_dark_as_the_article_wants(
    browser: Browser, counted: Counted, settings: Settings, theme: str, *, is_dark: bool
) -> None:
    """For a reader whose system is dark; what is not decided follows the system."""
    await counted.count(opened())
    async with ticking(settings) as url:
        page = await browser.new_page(color_scheme="dark")
        await page.goto(f"{url}/embed/council/{COUNCIL}?theme={theme}")
        paper = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        scheme = await page.evaluate("getComputedStyle(document.documentElement).colorScheme")
        red, *_ = (int(part) for part in re.findall(r"\d+", paper))

    assert (red < 128) == is_dark
    assert scheme == ("light dark" if theme == "auto" else theme)


@pytest.mark.parametrize(
    "path", [f"/embed/council/{COUNCIL}", f"/embed/ward/{COUNCIL}/{ballot('Ash')}"]
)
async def test_a_low_frame_still_names_its_source(
    browser: Browser, counted: Counted, settings: Settings, path: str
) -> None:
    """The source and the way to the full results are in sight, and nothing is cut off."""
    await counted.count(opened(), declared("Ash", "PP52"))
    async with ticking(settings.model_copy(update={"newsroom": "The Argus"})) as url:
        page = await browser.new_page(viewport={"width": 360, "height": 300})
        await page.goto(url + path)

        await expect(page.get_by_text("Source: livecount, The Argus.")).to_be_in_viewport()
        await expect(page.get_by_role("link", name="Full results")).to_be_in_viewport()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        hidden = await page.evaluate(
            "getComputedStyle(document.body).overflowY === 'hidden'"
            " || getComputedStyle(document.documentElement).overflowY === 'hidden'"
        )
        assert not hidden


async def test_a_frame_goes_on_with_the_count(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """As pages do."""
    await counted.count(opened())
    async with ticking(settings) as url:
        page = await browser.new_page()
        await page.goto(f"{url}/embed/ward/{COUNCIL}/{ballot('Ash')}")
        await expect(page.locator("#connection")).to_have_text("Live")
        await counted.count(declared("Ash", "PP52"))

        await expect(page.locator("#result .elected").first).to_be_visible()


READ_FROM_ELSEWHERE = """
async ([url, election]) => {
  const path = `${url}/v1/elections/${election}/councils`;
  const first = await fetch(path);
  const etag = first.headers.get("ETag");
  const again = await fetch(path, { headers: { "If-None-Match": etag }, cache: "no-store" });
  const { feed_id } = await first.json();
  const feed = await (await fetch(`${url}/v1/elections/${election}/feed?limit=1`)).json();
  const stopping = new AbortController();
  const stream = await fetch(`${url}/v1/stream?election=${election}`, {
    headers: {
      "Last-Event-ID": feed.feed_id, Accept: "text/event-stream", "Cache-Control": "no-cache",
    },
    signal: stopping.signal,
  });
  const reader = stream.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes(`id: ${feed_id}`)) text += (await reader.read()).value;
  stopping.abort();
  const page = await fetch(`${url}/elections/${election}`).then(() => "read", () => "refused");
  return { etag, again: again.status, text, page };
}
"""


async def test_a_script_of_another_site_resumes_and_asks_only_for_what_is_new(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """With If-None-Match, and with Last-Event-ID in a stream that is read by fetch."""
    await counted.count(opened(), declared("Ash", "PP52"))
    async with ticking(settings) as ticker, article("") as url:
        page = await browser.new_page()
        await page.goto(url)
        found = await page.evaluate(READ_FROM_ELSEWHERE, [ticker, ELECTION])

    assert found["etag"].startswith('W/"')
    assert found["again"] == 304
    assert "event: ward\n" in found["text"]
    assert found["page"] == "refused"
