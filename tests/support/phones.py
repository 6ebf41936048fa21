"""Phones of stringers: pages in a real Chromium, also as slow as phones in a hall are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, expect

LATENCY_MS = 400
BYTES_A_SECOND = 400_000 // 8
"""The line: the slow 3G of Chromium's developer tools, as in a hall of which the masts are full."""

TIMES_SLOWER = 4
"""The processor: a quarter as fast as this machine's, Lighthouse's figure for a cheaper phone."""


@asynccontextmanager
async def phone(
    browser: Browser, *, width: int = 390, scheme: str = "light", **more: Any
) -> AsyncIterator[tuple[Page, BrowserContext]]:
    """A page on a phone of somebody's own."""
    context = await browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        has_touch=True,
        **more,
    )
    async with context:
        yield await context.new_page(), context


@asynccontextmanager
async def slow_phone(browser: Browser) -> AsyncIterator[Page]:
    """A page on a slow phone of somebody's own, with a poor line."""
    async with phone(browser) as (page, context):
        tools = await context.new_cdp_session(page)
        await tools.send("Network.enable")
        line = {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
        await tools.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": LATENCY_MS, **line},
        )
        await tools.send("Emulation.setCPUThrottlingRate", {"rate": TIMES_SLOWER})
        yield page


async def sign_in(page: Page, url: str, token: str) -> None:
    """Opens the invitation on this phone, and waits for the list of wards."""
    # From another address, as a browser does not load a page anew for what is behind its hash.
    await page.goto("about:blank")
    await page.goto(f"{url}/invitation#{token}")
    if await page.locator("#key").is_visible():
        # Without JavaScript the link is pasted.
        await page.locator("#key").fill(f"{url}/invitation#{token}")
    await page.get_by_role("button", name="Sign in on this device").click()
    await expect(page.locator("h1")).to_have_text("My wards", timeout=30_000)


async def mark_elected(page: Page, figures: Sequence[str]) -> None:
    """Taps the marks of those with the most votes, as many as there are seats."""
    seats = int(await page.locator("#figures").get_attribute("data-seats") or "1")
    most = sorted(range(len(figures)), key=lambda place: -int(figures[place]))[:seats]
    for place in sorted(most):
        await page.locator(f"#figures [name=elected-{place}]").tap()


async def type_figures(page: Page, figures: Sequence[str]) -> None:
    """Types figures as on a phone: digits, and Enter to the next field."""
    await page.locator("#votes-0").focus()
    for place, figure in enumerate(figures):
        if place:
            await page.keyboard.press("Enter")
        await page.keyboard.type(figure)
