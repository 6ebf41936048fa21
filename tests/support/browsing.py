"""A real Chromium for the browser tests."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")

FLAGS = (
    # Containers run as root, and Chromium's sandbox does not work then.
    "--no-sandbox",
    "--disable-gpu",
    # Only the ticker is to be requested.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Starts the Chromium on PATH, else Playwright's own; fails if there is neither."""
    executable = next((path for name in NAMES if (path := shutil.which(name))), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=list(FLAGS), timeout=60_000
        )
        try:
            yield browser
        finally:
            await browser.close()


def complaints(page: Page) -> list[str]:
    """Returns a list to which the page's console errors and exceptions are added as they come.

    Lost connections are left out: the browser reports them, not the page.
    """
    found: list[str] = []
    page.on(
        "console",
        lambda message: (
            found.append(message.text)
            if message.type in {"error", "warning"} and "net::ERR_" not in message.text
            else None
        ),
    )
    page.on("pageerror", lambda error: found.append(str(error)))
    return found
