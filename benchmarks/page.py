"""Page: when a changed number appears in the ticker's page of a night, in a real browser.

The page is the one that readers open, with every council of the election, in a Chromium without a
window. A MutationObserver records when a council's row has come into the document with a changed
text, by the page's `performance.timeOrigin + performance.now()`. A message posted from the
callback of the next frame is handled once that frame has been laid out and painted; that time is
recorded as well. The time that a screen takes to show it is in neither.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page

from benchmarks.audience_processes import until_ready
from tests.support.browsing import chromium

STANDS, PAINTED = "number in a browser page", "that number painted"

LIVE_TIMEOUT_MS = 30_000
CLOCK_OFF_MAX_S = 0.001
"""The browser's clock is the machine's, read at a page's start. If it strays, nothing counts."""

WATCH = """
() => {
  const now = () => performance.timeOrigin + performance.now();
  const council = (row) => row.querySelector("a").getAttribute("href").split("/").pop();
  const rows = [...document.querySelectorAll(".row")];
  const said = new Map(rows.map((row) => [council(row), row.textContent]));
  window.arrivals = { stands: {}, painted: {} };
  const frame = new MessageChannel();
  frame.port1.onmessage = ({ data }) => {
    for (const each of data) window.arrivals.painted[each] ??= now();
  };
  new MutationObserver((records) => {
    const at = now();
    const changed = [];
    for (const row of records.flatMap((record) => [...record.addedNodes])) {
      if (!row.matches?.(".row") || said.get(council(row)) === row.textContent) continue;
      said.set(council(row), row.textContent);
      window.arrivals.stands[council(row)] ??= at;
      changed.push(council(row));
    }
    if (changed.length) requestAnimationFrame(() => frame.port2.postMessage(changed));
  }).observe(document.querySelector("main"), { childList: true, subtree: true });
  return rows.length;
}
"""


@asynccontextmanager
async def watched(port: int, election: str, councils: int) -> AsyncIterator[Page]:
    """Yields a live page that is observed. Raises RuntimeError if councils are missing.

    From now on it records when each council's row changes for the first time; see `arrivals`.
    """
    await until_ready(port)
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        await page.goto(f"http://127.0.0.1:{port}/elections/{election}")
        await page.locator("#connection.live").wait_for(timeout=LIVE_TIMEOUT_MS)
        found = await page.evaluate(WATCH)
        if found != councils:
            raise RuntimeError(f"the page shows {found} councils; expected {councils}")
        await _check_clock(page)
        yield page


async def arrivals(page: Page) -> dict[str, dict[str, float]]:
    """Returns when each council's new number appeared and was painted, as `time.time`."""
    found = await page.evaluate("window.arrivals")
    return {
        name: {council: at_ms / 1_000 for council, at_ms in found[kind].items()}
        for name, kind in ((STANDS, "stands"), (PAINTED, "painted"))
    }


def version(page: Page) -> str:
    """Returns which browser shows the page."""
    browser = page.context.browser
    return f"Chromium {browser.version}" if browser else ""


async def _check_clock(page: Page) -> None:
    before = time.time()
    there = await page.evaluate("performance.timeOrigin + performance.now()") / 1_000
    after = time.time()
    if not before - CLOCK_OFF_MAX_S <= there <= after + CLOCK_OFF_MAX_S:
        off_ms = 1_000 * (there - (before + after) / 2)
        raise RuntimeError(f"the browser's clock is {off_ms:.1f} ms from the machine's")
