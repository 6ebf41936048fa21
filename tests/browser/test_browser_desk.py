"""The desk page in a real Chromium, with a real Kafka."""

from __future__ import annotations

import pytest
from aiokafka import AIOKafkaProducer
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, expect
from pydantic import SecretStr

from schemas.base import Model
from schemas.examples import DELIVERY, REJECT
from services.platform.names import Topics
from services.platform.settings import Settings
from tests.support.browsing import complaints
from tests.support.public_server import Reply, public_server
from tests.support.ticking import ticking

TOKEN = "a-token-of-the-desk"  # noqa: S105 -- used only by this test
FAILED = DELIVERY.model_copy(update={"status": "failed", "detail": "answered 401"})


async def publish(producer: AIOKafkaProducer, topic: str, record: Model) -> None:
    """Publishes a record as the notifier and the aggregator do."""
    await producer.send_and_wait(topic, record.model_dump_json().encode(), key=b"key")


async def at_the_desk(browser: Browser, scheme: str, width: int) -> BrowserContext:
    """Returns a browser context that sends the token when it is asked for a password."""
    return await browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        http_credentials={"username": "desk", "password": TOKEN},
    )


@pytest.mark.parametrize(("scheme", "width"), [("light", 1920), ("dark", 320)])
async def test_the_desk_is_live_and_accessible(
    browser: Browser,
    settings: Settings,
    kafka_producer: AIOKafkaProducer,
    scheme: str,
    width: int,
) -> None:
    """Failures and rejects arrive without a reload; axe finds nothing; nothing is too wide."""
    topics = Topics(settings.namespace)
    await publish(kafka_producer, topics.rejects, REJECT)
    open_desk = settings.model_copy(update={"desk_token": SecretStr(TOKEN)})
    async with ticking(open_desk) as url, await at_the_desk(browser, scheme, width) as context:
        page = await context.new_page()
        complained = complaints(page)
        await page.goto(f"{url}/desk")
        await expect(page.locator("#connection")).to_have_text("Live")
        await expect(page.locator("#rejects > li")).to_contain_text("give at least 1")
        await publish(kafka_producer, topics.deliveries, FAILED)
        await expect(page.locator("#failures > li")).to_contain_text("secret or password")
        await expect(page.locator("#say")).to_contain_text("Not delivered to newsdesk")
        await expect(page.locator(".away")).to_have_count(0)
        found = await Axe().run(page)

        assert [each["id"] for each in found.response["violations"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        # The first request is refused, so that the browser asks for the token.
        assert [each for each in complained if "401" not in each] == []


UNWELL = b"""ok; broken: 4 (Barnet since 23:41: answers 500 | Camden since 23:42: \
https://democracy.camden.example/mgWebService.asmx/GetElectionResults?lElectionId=12 answers with \
no XML; it begins '<!DOCTYPE html><script>alert(1)</script>' | Ealing since 23:50: answers 429 | \
1 more)
late: 1 (Kensington and Chelsea)
refused: 1 (local.kensington-and-chelsea.queens-gate.2027-05-06: council: not this key's; ask)
"""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 320)])
async def test_the_desk_shows_what_is_wrong_with_each_feed(
    browser: Browser, settings: Settings, scheme: str, width: int
) -> None:
    """A thing on a line of its own, with what to do; one that stops being well is told aloud."""
    with public_server() as server:
        server.replies["/pa/health/ready"] = [Reply(body=b"ok"), Reply(503, b"waiting for intake")]
        server.replies["/sites/health/ready"] = [Reply(body=UNWELL)]
        feeds = f"pa={server.address('/pa')} moderngov={server.address('/sites')}"
        open_desk = settings.model_copy(update={"desk_token": SecretStr(TOKEN), "feeds": feeds})
        async with ticking(open_desk) as url, await at_the_desk(browser, scheme, width) as context:
            page = await context.new_page()
            complained = complaints(page)
            await page.goto(f"{url}/desk")
            agency, sites = page.locator("#feed-pa"), page.locator("#feed-moderngov")
            await expect(sites.locator(".fault")).to_have_text(
                ["Broken: 4", "Late: 1", "Refused: 1"]
            )
            await expect(sites.locator("li")).to_have_count(6)
            await expect(sites.locator("li").nth(1)).to_contain_text("<script>alert(1)</script>")
            await expect(sites.locator("li").nth(3)).to_have_text("1 more")
            await expect(sites.locator(".remedy").nth(1)).to_contain_text("the count is late")
            await expect(page.locator("#desk-state")).to_contain_text("Feeds not well")
            await page.get_by_role("link", name="Feeds").click()
            # It is asked every ten seconds.
            await expect(agency.locator(".fault")).to_have_text(
                "Waiting for intake", timeout=30_000
            )
            await expect(page.locator("#say")).to_contain_text("Feed pa: waiting for intake")
            found = await Axe().run(page)

            assert [each["id"] for each in found.response["violations"]] == []
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            assert [each for each in complained if "401" not in each] == []
