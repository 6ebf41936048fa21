"""Notifications on the ticker's pages, in a real Chromium and with a real `livecount push`.

The push service of Chromium's maker cannot be reached from a test. So what the browser itself does
there is left out, and said where it is: messages reach the service worker by the browser's
debugging protocol, and a subscription is one that the test makes for it.
"""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.browsing import complaints
from tests.support.counted import Counted
from tests.support.push_server import ABrowser, PushServer, push_settings
from tests.support.ticking import COUNCIL, ELECTION, ballot, opened, ticking

FORGED = """
const made = {subscription};
PushManager.prototype.subscribe = async function (options) {{
  localStorage.setItem("subscribed", "yes");
  return this.getSubscription();
}};
PushManager.prototype.getSubscription = async function () {{
  if (localStorage.getItem("subscribed") !== "yes") return null;
  return {{
    ...made,
    options: {{}},
    toJSON: () => made,
    unsubscribe: async () => localStorage.setItem("subscribed", "no"),
  }};
}};
"""
"""Has the page find a subscription of the test's own, in place of one of the browser's maker."""


@dataclass(frozen=True, slots=True)
class Site:
    """A ticker that offers notifications, and where push is reached."""

    url: str
    push_url: str
    server: PushServer


@pytest.fixture
async def site(
    counted: Counted,
    settings: Settings,
    process: Callable[..., Any],
    eventually: Callable[..., Awaitable[object]],
) -> AsyncIterator[Site]:
    """A council that has been opened, on a ticker beside a running push."""
    await counted.count(opened())
    ticker_port, push_port = free_ports(2, random.Random())
    push_url = f"http://127.0.0.1:{push_port}"
    async with PushServer() as server, httpx.AsyncClient() as client:
        process(
            "push",
            "run",
            **push_settings([server], push_port),
            public_url=f"http://127.0.0.1:{ticker_port}",
        )

        async def is_ready() -> bool:
            try:
                return (await client.get(f"{push_url}/health/ready")).status_code == 200
            except httpx.HTTPError:
                return False

        await eventually(is_ready)
        offering = settings.model_copy(update={"push_url": push_url})
        async with ticking(offering, ticker_port) as url:
            yield Site(url, push_url, server)


async def allowing(browser: Browser, site: Site) -> BrowserContext:
    """Returns a browser's context whose reader has allowed notifications."""
    return await browser.new_context(permissions=["notifications"], base_url=site.url)


async def subscribable(context: BrowserContext, reader: ABrowser) -> Page:
    """Returns a page that finds a subscription of the test's own."""
    page = await context.new_page()
    await page.add_init_script(FORGED.format(subscription=json.dumps(reader.subscription())))
    return page


async def test_nothing_is_asked_before_a_tap(browser: Browser, site: Site) -> None:
    """The page offers notifications, and the browser has neither been asked nor a worker."""
    context = await browser.new_context(base_url=site.url)
    page = await context.new_page()
    complained = complaints(page)
    await page.goto(f"/councils/{COUNCIL}")

    await expect(page.locator("#push-state")).to_have_text("Notifications about this are off.")
    await expect(page.locator("#push-end")).to_be_hidden()
    assert await page.evaluate("Notification.permission") != "granted"
    registrations = await page.evaluate(
        "navigator.serviceWorker.getRegistrations().then(found => found.length)"
    )
    assert (registrations, complained) == (0, [])


async def test_a_browser_that_blocks_notifications_is_told_so(browser: Browser, site: Site) -> None:
    """The page says what is blocked and where it can be allowed."""
    context = await browser.new_context(base_url=site.url)
    page = await context.new_page()
    await page.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })"
    )
    await page.goto(f"/councils/{COUNCIL}")

    await expect(page.locator("#push-state")).to_contain_text("blocks notifications")


async def test_a_browser_that_cannot_is_offered_nothing(browser: Browser, site: Site) -> None:
    """Without a push service in the browser the part stays hidden, and nothing fails."""
    context = await browser.new_context(base_url=site.url)
    page = await context.new_page()
    complained = complaints(page)
    await page.add_init_script("delete window.PushManager")
    await page.goto(f"/councils/{COUNCIL}")
    await expect(page.locator("#connection")).to_have_text("Live")

    await expect(page.locator("#push")).to_be_hidden()
    assert complained == []


async def test_what_the_browser_refuses_is_said(browser: Browser, site: Site) -> None:
    """Chromium here reaches no push service: the page says that it did not work, and goes on."""
    context = await allowing(browser, site)
    page = await context.new_page()
    await page.goto(f"/councils/{COUNCIL}")
    await page.locator("#push-start").click()

    await expect(page.locator("#push-state")).to_contain_text("This did not work: ")
    await expect(page.locator("#push-start")).to_be_enabled()


async def test_a_reader_turns_notifications_on_and_off_with_the_keyboard(
    browser: Browser, site: Site
) -> None:
    """Push has what was chosen; the page says what is on, also when it is opened again."""
    reader = site.server.browser("reader")
    page = await subscribable(await allowing(browser, site), reader)
    complained = complaints(page)
    await page.goto(f"/councils/{COUNCIL}")
    await page.locator("input[value=changes]").focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    on = "Notifications are on: Only if it changes hands."
    await expect(page.locator("#push-state")).to_have_text(on)
    await page.reload()
    await expect(page.locator("#push-state")).to_have_text(on)
    async with httpx.AsyncClient(base_url=site.push_url) as client:
        kept = await client.post("/v1/push/following", json=reader.mine())
        await page.locator("#push-end").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#push-state")).to_have_text("Notifications about this are off.")
        ended = await client.post("/v1/push/following", json=reader.mine())

    assert kept.json()["following"] == [{"about": COUNCIL, "kinds": ["changes"]}]
    assert ended.status_code == 404
    assert [each for each in complained if "404" not in each] == []


@pytest.mark.parametrize(
    ("path", "about"),
    [
        (f"/elections/{ELECTION}", ELECTION),
        (f"/councils/{COUNCIL}/wards/{ballot('Ash')}", ballot("Ash")),
    ],
)
async def test_nights_and_wards_are_followed_from_their_pages(
    browser: Browser, site: Site, path: str, about: str
) -> None:
    """Each page subscribes to what it shows."""
    reader = site.server.browser("reader")
    page = await subscribable(await allowing(browser, site), reader)
    await page.goto(path)
    await page.locator("#push-start").click()
    await expect(page.locator("#push-state")).to_contain_text("Notifications are on")
    async with httpx.AsyncClient(base_url=site.push_url) as client:
        kept = await client.post("/v1/push/following", json=reader.mine())

    assert [each["about"] for each in kept.json()["following"]] == [about]


@pytest.mark.parametrize(
    "path", [f"/embed/council/{COUNCIL}", f"/embed/headline/{ELECTION}", "/?wall", "/"]
)
async def test_embeds_walls_and_lists_offer_none(site: Site, path: str) -> None:
    """Only the pages of a council, a ward and a night have the part, and only they may ask push."""
    async with httpx.AsyncClient(base_url=site.url) as client:
        page = await client.get(path)
        council = await client.get(f"/councils/{COUNCIL}")

    assert 'id="push"' in council.text
    assert f"connect-src 'self' {site.push_url};" in council.headers["content-security-policy"]
    assert 'id="push"' not in page.text
    if "/embed/" in path:
        assert "connect-src 'self';" in page.headers["content-security-policy"]


async def test_a_ticker_without_push_offers_none(counted: Counted, settings: Settings) -> None:
    """No address, no part, and nothing else that the page may ask."""
    await counted.count(opened())
    async with ticking(settings) as url, httpx.AsyncClient(base_url=url) as client:
        page = await client.get(f"/councils/{COUNCIL}")

    assert "push" not in page.text
    assert "connect-src 'self';" in page.headers["content-security-policy"]


class Worker:
    """The service worker in a page's browser, to which messages are delivered."""

    def __init__(self, page: Page, origin: str) -> None:
        self._page = page
        self._origin = origin

    async def start(self) -> None:
        """Registers the worker, as the page does after a tap, and finds its registration."""
        self._session = await self._page.context.new_cdp_session(self._page)
        found: list[str] = []
        self._session.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: found.extend(each["registrationId"] for each in event["registrations"]),
        )
        await self._session.send("ServiceWorker.enable")
        await self._page.evaluate(
            """push => navigator.serviceWorker
                .register(`/push/sw.js?at=${encodeURIComponent(push)}`)
                .then(made => new Promise(resolve => {
                  const worker = made.installing || made.active;
                  const look = () => worker.state === "activated" && resolve();
                  worker.addEventListener("statechange", look);
                  look();
                }))""",
            await self._page.locator("#push").get_attribute("data-push"),
        )
        self._registration = found[-1]

    async def deliver(self, **content: object) -> None:
        """Delivers a message, as the push service of the browser's maker would."""
        await self._session.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": self._origin,
                "registrationId": self._registration,
                "data": json.dumps(content),
            },
        )

    async def shown(self) -> list[dict[str, Any]]:
        """Returns the notifications that are on the reader's screen, read in the worker's turn.

        Chromium forgets a notification that is not on the screen yet when they are read, so a
        page that asked meanwhile would lose what it asks for.
        """
        (worker,) = self._page.context.service_workers
        found: list[dict[str, Any]] = await worker.evaluate(
            """() => inTurn(async () => {
              const shown = await self.registration.getNotifications();
              return shown.map(({title, body, tag, data}) => ({title, body, tag, ...data}));
            })"""
        )
        return found


async def started_worker(browser: Browser, site: Site) -> Worker:
    """Returns the service worker of a council's page, in a browser that allows notifications."""
    page = await (await allowing(browser, site)).new_page()
    await page.goto(f"/councils/{COUNCIL}")
    worker = Worker(page, site.url)
    await worker.start()
    return worker


async def test_the_worker_shows_a_call_and_its_withdrawal_in_one_place(
    browser: Browser, site: Site, eventually: Callable[..., Awaitable[Any]]
) -> None:
    """A repeat shows nothing twice, and a call that comes late does not undo its withdrawal."""
    worker = await started_worker(browser, site)
    call = {"tag": "a1", "title": "Nowhere", "body": "Labour have held Nowhere.", "path": "/x#a1"}
    gone = {**call, "body": "Withdrawn: Labour have held Nowhere.", "withdrawn": True}
    other = {"tag": "b2", "title": "Elsewhere", "body": "A recount.", "path": "/y#b2"}

    async def bodies() -> list[str]:
        return sorted(each["body"] for each in await worker.shown())

    await worker.deliver(**call)
    await eventually(lambda: is_equal(bodies, ["Labour have held Nowhere."]))
    await worker.deliver(**call)
    await worker.deliver(**other)
    await eventually(lambda: is_equal(bodies, ["A recount.", "Labour have held Nowhere."]))
    await worker.deliver(**gone)
    withdrawn = ["A recount.", "Withdrawn: Labour have held Nowhere."]
    await eventually(lambda: is_equal(bodies, withdrawn))
    await worker.deliver(**call)
    await worker.deliver(tag="c3", title="Third", body="Last of all.", path="/z")
    await eventually(lambda: is_equal(bodies, ["A recount.", "Last of all.", withdrawn[1]]))


async def test_a_withdrawal_and_its_late_call_that_come_together_leave_the_withdrawal(
    browser: Browser, site: Site, eventually: Callable[..., Awaitable[Any]]
) -> None:
    """Messages are shown one after the other, so each sees what the one before it showed."""
    worker = await started_worker(browser, site)
    for each in range(20):
        call = {"tag": f"t{each}", "title": "Nowhere", "body": "Held.", "path": "/x"}
        await worker.deliver(**call, withdrawn=True)
        await worker.deliver(**call)
    await worker.deliver(tag="last", title="Last", body="The last.", path="/x")

    async def is_over() -> bool:
        return "last" in {each["tag"] for each in await worker.shown()}

    await eventually(is_over)
    withdrawn = [each["withdrawn"] for each in await worker.shown() if each["tag"] != "last"]
    assert withdrawn == [True] * 20


async def test_the_worker_opens_nothing_but_its_own_site(
    browser: Browser, site: Site, eventually: Callable[..., Awaitable[Any]]
) -> None:
    """It is asked for anew each time, and where a message leads is a path of the ticker."""
    async with httpx.AsyncClient(base_url=site.url) as client:
        served = await client.get("/push/sw.js")
    worker = await started_worker(browser, site)
    await worker.deliver(tag="a1", title="A", body="B", path="https://evil.example/x")
    shown = await eventually(worker.shown)

    assert served.headers["cache-control"] == "no-cache"
    assert served.headers["content-type"] == "text/javascript; charset=utf-8"
    assert f"connect-src 'self' {site.push_url};" in served.headers["content-security-policy"]
    assert [each["path"] for each in shown] == ["/"]


async def test_the_worker_shows_something_of_what_it_cannot_read(
    browser: Browser, site: Site, eventually: Callable[..., Awaitable[Any]]
) -> None:
    """Browsers end subscriptions for which nothing is shown, so an empty message shows a line."""
    worker = await started_worker(browser, site)
    await worker.deliver()
    shown = await eventually(worker.shown)

    assert [(each["title"], each["path"]) for each in shown] == [("The count", "/")]


async def is_equal(find: Callable[[], Awaitable[Any]], wanted: object) -> bool:
    """Returns whether what is found is what is wanted."""
    return bool(await find() == wanted)
