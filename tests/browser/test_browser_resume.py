"""Pages that lose their connection, sleep, or are older than the feed are right again later."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from playwright.async_api import Browser, Page, expect
from redis.asyncio import Redis

from services.platform.names import Keys
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports, is_listening
from tests.support.browsing import complaints
from tests.support.checkout import CHECKOUT
from tests.support.counted import Counted
from tests.support.line import line_to
from tests.support.ticking import COUNCIL, ELECTION, WARDS, declared, opened, ticking

REFERENCE = CHECKOUT / "docs" / "reference" / "ticker-api.md"

COLLECT_ANNOUNCEMENTS = """
() => {
  window.said = [];
  const say = document.getElementById("say");
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) window.said.push(node.textContent);
    }
  }).observe(say, { childList: true });
}
"""


async def council_page(browser: Browser, url: str) -> Page:
    """Returns the council's page, live, with a mark that a reload would remove."""
    page = await browser.new_page()
    await page.clock.install()
    await page.goto(f"{url}/councils/{COUNCIL}")
    await expect(page.locator("#connection")).to_have_text("Live")
    await page.evaluate("window.neverReloaded = true")
    await page.evaluate(COLLECT_ANNOUNCEMENTS)
    return page


async def live_again(page: Page) -> bool:
    """Lets ten seconds of the page's time pass. Returns whether it is connected, with all wards.

    The browser may first try other dead connections that it has kept.
    """
    await page.clock.run_for(10_000)
    try:
        await expect(page.locator("#connection")).to_have_text("Complete", timeout=1_000)
    except AssertionError:
        return False
    return True


async def test_a_tab_asleep_for_an_hour_is_right_when_it_wakes_up(
    browser: Browser,
    counted: Counted,
    settings: Settings,
    eventually: Callable[..., Awaitable[object]],
) -> None:
    """Its connection had died silently; it connects again and shows the current count."""
    await counted.count(opened())
    async with ticking(settings) as url, line_to(url) as line:
        page = await council_page(browser, line.url)
        line.fall_silent()
        await counted.count(*(declared(ward, "PP52") for ward in WARDS))
        await page.clock.set_system_time(await page.evaluate("Date.now()") + 3_600_000)
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await eventually(lambda: live_again(page))

        await expect(page.locator("h1")).to_contain_text("CON GAIN Nowhere from LAB")
        await expect(page.locator("#connection")).to_have_text("Complete")
        assert await page.evaluate("window.neverReloaded")


async def test_a_phone_on_a_train_announces_everything_once(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """After each lost connection it resumes: no ward is left out, and none announced twice."""
    await counted.count(opened())
    async with ticking(settings) as url, line_to(url) as line:
        page = await council_page(browser, line.url)
        complained = complaints(page)
        for number, ward in enumerate(WARDS, 1):
            line.cut()
            await expect(page.locator("#connection")).to_contain_text("Connection lost")
            await counted.count(declared(ward, "PP52"))
            await page.clock.run_for(2_000)
            await expect(page.locator("#wards-declared > li")).to_have_count(number)
            # Long enough for what has come to be said at a human pace.
            await page.clock.run_for(62_000)
            await expect(page.locator("#connection")).to_have_text(re.compile("Live|Complete"))
        said = " ".join(await page.evaluate("window.said"))

        assert [said.count(f"{ward}: declared") for ward in WARDS] == [1] * len(WARDS)
        assert complained == []


async def test_a_page_older_than_the_feed_gets_the_whole_view(  # noqa: PLR0913, PLR0917 -- fixtures
    browser: Browser,
    counted: Counted,
    redis: Redis,
    settings: Settings,
    process: Callable[..., Any],
    eventually: Callable[..., Awaitable[object]],
) -> None:
    """If the feed begins after the page's last event, the ticker sends all parts."""
    (port,) = free_ports(1, random.Random(11))
    await counted.count(opened())
    ticker = process("ticker", "run", ticker_port=str(port))
    await eventually(lambda: is_listening(port))
    page = await browser.new_page()
    await page.goto(f"http://127.0.0.1:{port}/councils/{COUNCIL}")
    await expect(page.locator("#connection")).to_have_text("Live")
    await page.evaluate("window.neverReloaded = true")
    ticker.kill()
    await counted.count(*(declared(ward, "PP52") for ward in WARDS))
    await redis.xtrim(Keys(settings.namespace).feed(ELECTION), maxlen=1, approximate=False)
    ticker.start()

    await expect(page.locator("h1")).to_contain_text("CON GAIN Nowhere", timeout=30_000)
    await expect(page.locator("#wards-declared > li")).to_have_count(len(WARDS))
    assert await page.evaluate("window.neverReloaded")


@asynccontextmanager
async def elsewhere() -> AsyncIterator[str]:
    """Serves a page of another site, which has no content policy, and yields its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
        writer.write(head + b"<!doctype html><title>Elsewhere</title>")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_the_documented_two_lines_are_a_client(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """On a page of another site, the two lines of the reference print the alert's text."""
    told = REFERENCE.read_text(encoding="utf-8")
    (lines,) = re.findall(r"## Two lines\n\n```js\n(.*?)```", told, re.DOTALL)
    await counted.count(opened(), declared("Ash", "PP52"), declared("Beech", "PP52"))
    async with ticking(settings) as url, elsewhere() as other:
        page = await browser.new_page()
        await page.goto(other)
        await page.add_script_tag(content=lines.replace("https://count.example", url))
        await page.wait_for_function("stream.readyState === EventSource.OPEN")
        async with page.expect_console_message(lambda it: "CON GAIN Nowhere" in it.text):
            await counted.count(declared("Cedar", "PP52"))

        assert lines.strip().count("\n") == 1


async def test_a_page_says_of_which_day_its_figures_are(
    browser: Browser, counted: Counted, settings: Settings
) -> None:
    """Where they are not of the night, as days later, the time has its date, also in the script."""
    await counted.count(opened())
    day = r"\d{1,2} [A-Z][a-z]{2} \d\d\.\d\d"
    async with ticking(settings) as url:
        async with httpx.AsyncClient() as client:
            written = (await client.get(f"{url}/councils/{COUNCIL}")).text
        assert re.search(rf">Figures as of {day}<", written)
        page = await council_page(browser, url)
    await expect(page.locator("#connection")).to_have_text(
        re.compile(rf"^Connection lost\. Figures as of {day}\. Trying again\.$")
    )
