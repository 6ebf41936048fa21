"""Entered: from a second stringer's send to the alert, at a webhook and on the council's page.

The last ward of each council decides control. One stringer enters it, which is held; another enters
the same blind, and what they send raises the alert. A series is sent by an HTTP client, as the form
does, and one from Chromium as a phone that is throttled, with a reader's page of the council beside
it. Times are the wall clock's, which the browser uses, too. Before both `decided` is measured on
the same Kafka and Redis: what the engine takes without entry and its forms.

    python -m benchmarks.entered --rounds 30
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import httpx
import uvloop
from playwright.async_api import Browser, Page

from benchmarks import bed, decided
from benchmarks.delays import figures_of
from benchmarks.engine import LIVECOUNT, service
from benchmarks.load import all_but_the_last, declared, in_the_balance
from benchmarks.messages import messages
from benchmarks.running import Running
from benchmarks.stringers import BEHIND_A_PROXY, Stringer, invite
from benchmarks.waiting import answers, until
from benchmarks.webhook import receiver
from schemas.ids import election_of
from schemas.ward import WardDeclared
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack
from tests.support.browsing import chromium
from tests.support.phones import mark_elected, sign_in, slow_phone, type_figures

WARM = 3
"""Rounds before those that are measured: connections and caches are cold."""

PAUSE_S = 0.5
"""Between two rounds, so that none waits for what the one before has left to do."""

ALERT_TIMEOUT_S = 60.0
STEP_TIMEOUT_MS = 60_000

WEBHOOK, STREAM, PAGE = "webhook", "page's event stream", "page"
ANSWER = "what became of it, to whoever sent it"

CLICKED = """
addEventListener("click", (event) => {
  if (event.target.closest("form.sending button"))
    sessionStorage.sent = performance.timeOrigin + performance.now();
}, true);
"""
"""Notes when Send is pressed on a page."""

CALLED = """
() => new Promise((resolve) => {
  const look = () => {
    const called = /\\b(GAIN|HOLD|LOSE|NOC)\\b/.test(document.querySelector("h1").textContent);
    if (called) resolve(performance.timeOrigin + performance.now());
  };
  new MutationObserver(look).observe(document.querySelector("main"), {
    childList: true, subtree: true, characterData: true,
  });
})
"""
"""Resolves when a council's page has the call in its heading."""

Times = dict[str, float]
"""When something came of each council, as `time.time`."""


class Arrivals:
    """When each second result was sent, and when its alert came where."""

    def __init__(self) -> None:
        self.sent: Times = {}
        self.came: dict[str, Times] = {WEBHOOK: {}, STREAM: {}, PAGE: {}, ANSWER: {}}

    def alert(self, place: str, council: str) -> None:
        """Notes that an alert of control has come."""
        self.came[place].setdefault(council, time.time())

    async def has(self, council: str) -> bool:
        """Returns whether the alert of a council is at the webhook and in the stream."""
        return all(council in self.came[place] for place in (WEBHOOK, STREAM))

    def figures(self, councils: Sequence[str]) -> dict[str, dict[str, float]]:
        """Returns for each place how many came, and p50 and p99 in milliseconds."""
        sent = {each: self.sent[each] for each in councils}
        found = {place: figures_of(came, sent) for place, came in self.came.items()}
        return {place: _rounded(each) for place, each in found.items() if each["arrived"]}


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(each, 1) for name, each in figures.items()}


async def on_the_stream(client: httpx.AsyncClient, election: str, arrivals: Arrivals) -> None:
    """Notes each alert in the ticker's stream of an election, until it is cancelled."""
    kind = ""
    async with client.stream("GET", f"/v1/stream?election={election}", timeout=None) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            name, _, content = line.partition(": ")
            if name == "event":
                kind = content
            elif name == "data" and kind == "alert":
                arrivals.alert(STREAM, json.loads(content)["council"])


async def by_client(
    first: Stringer, second: Stringer, said: WardDeclared, arrivals: Arrivals
) -> None:
    """Has both enter a result over HTTP; notes when the second was sent and answered."""
    ballot = said.ballot_paper_id
    await first.send(ballot, await first.read_back(said))
    fields = await second.read_back(said)
    arrivals.sent[said.council] = time.time()
    await second.send(ballot, fields)
    arrivals.came[ANSWER][said.council] = time.time()


async def by_phone(
    phones: tuple[Page, Page], reader: Page, urls: tuple[str, str], said: WardDeclared
) -> tuple[float, float, float]:
    """Has both enter a result on their phones.

    Returns when the second pressed Send, when their phone said what became of it, and when the
    reader's page of the council had the call.
    """
    first, second = phones
    await _enter(first, urls[0], said)
    await _send(first)
    await reader.goto(f"{urls[1]}/councils/{said.council}")
    await reader.locator("#connection.live").wait_for(timeout=STEP_TIMEOUT_MS)
    await _enter(second, urls[0], said)
    called = asyncio.ensure_future(reader.evaluate(CALLED))
    await _send(second)
    told = time.time()
    sent_ms = float(await second.evaluate("sessionStorage.sent"))
    return sent_ms / 1_000, told, await asyncio.wait_for(called, ALERT_TIMEOUT_S) / 1_000


async def _enter(page: Page, entry: str, said: WardDeclared) -> None:
    await page.goto(f"{entry}/wards/{said.ballot_paper_id}", timeout=STEP_TIMEOUT_MS)
    votes = {each.candidate: str(each.votes) for each in said.candidates}
    people = await page.locator(".people label > b").all_inner_texts()
    figures = [votes[name] for name in people]
    await type_figures(page, figures)
    await mark_elected(page, figures)
    await page.locator("#live .sentence").wait_for(timeout=STEP_TIMEOUT_MS)


async def _send(page: Page) -> None:
    await page.get_by_role("button", name="Send").tap()
    await page.locator("#became").wait_for(timeout=STEP_TIMEOUT_MS)


async def on_phones(
    browser: Browser,
    tokens: Sequence[str],
    urls: tuple[str, str],
    arrivals: Arrivals,
    said: Sequence[WardDeclared],
) -> AsyncIterator[WardDeclared]:
    """Has both enter results on their phones; yields each once the call is on the page."""
    async with AsyncExitStack() as opened:
        first, second = [await opened.enter_async_context(slow_phone(browser)) for _ in range(2)]
        for phone, token in zip((first, second), tokens, strict=True):
            await sign_in(phone, urls[0], token)
            await phone.context.add_init_script(CLICKED)
        reader = await browser.new_page()
        for each in said:
            times = await by_phone((first, second), reader, urls, each)
            arrivals.sent[each.council] = times[0]
            arrivals.came[ANSWER][each.council], arrivals.came[PAGE][each.council] = times[1:]
            yield each


async def measure(
    running: Sequence[Running],
    said: Sequence[WardDeclared],
    tokens: Sequence[str],
    urls: tuple[str, str],
    hook: int,
) -> dict[str, Any]:
    """Returns the figures of both series, each of half of the results."""
    arrivals = Arrivals()
    half = len(said) // 2
    entry, ticker = urls
    async with AsyncExitStack() as started:

        async def client(url: str) -> httpx.AsyncClient:
            made = httpx.AsyncClient(base_url=url, trust_env=False, timeout=30.0)
            return await started.enter_async_context(made)

        async def ended(council: str) -> None:
            await until(lambda: arrivals.has(council), f"the alert of {council}")
            for process in running:
                process.check()
            await asyncio.sleep(PAUSE_S)

        door, page = await client(entry), await client(ticker)
        hooked = await receiver(hook, lambda told: arrivals.alert(WEBHOOK, told["council"]))
        started.callback(hooked.close)
        await until(lambda: answers(door, "/health/ready"), "entry's start")
        last = f"/councils/{said[-1].council}"
        await until(lambda: answers(page, last), "opening the councils")
        stream = on_the_stream(page, election_of(said[0].council), arrivals)
        started.callback(asyncio.create_task(stream).cancel)
        first, second = (Stringer(entry, token, place) for place, token in enumerate(tokens[:2]))
        for person in (first, second):
            await started.enter_async_context(person.client)
            await person.sign_in()
        load_before = bed.load_average()
        for each in said[:half]:
            await by_client(first, second, each, arrivals)
            await ended(each.council)
        browser = await started.enter_async_context(chromium())
        async for each in on_phones(browser, tokens[2:], urls, arrivals, said[half:]):
            await ended(each.council)
    councils = [each.council for each in said]
    return {
        "load_before": round(load_before, 2),
        "by an HTTP client": arrivals.figures(councils[WARM:half]),
        "from throttled phones": arrivals.figures(councils[half + WARM :]),
    }


def run(stack: Stack, logs: Path, rounds: int) -> dict[str, Any]:
    """Returns the figures of one run."""
    chance = random.Random(2014)  # noqa: S311 -- a load to repeat, no secret
    stood = in_the_balance(2 * (rounds + WARM))
    said = [declared(place, place.wards[-1], chance, leader=0) for place in stood]
    hook, entry, ticker = free_ports(3, random.SystemRandom())
    urls = (f"http://127.0.0.1:{entry}", f"http://127.0.0.1:{ticker}")
    (logs / "channels.toml").write_text(
        f'[[channels]]\nname = "cms"\nwebhook = "http://127.0.0.1:{hook}/"\nrehearsal = true\n'
        'kinds = ["control"]\n'
    )
    tokens = invite(logs / "keys.toml", [[place.council for place in stood]] * 4)
    extra = BEHIND_A_PROXY | {
        "LIVECOUNT_NOTIFIER_CHANNELS_FILE": str(logs / "channels.toml"),
        "LIVECOUNT_KEYS_FILE": str(logs / "keys.toml"),
        "LIVECOUNT_ENTRY_PORT": str(entry),
        "LIVECOUNT_TICKER_PORT": str(ticker),
    }
    with bed.namespace(stack) as settings, ExitStack() as started:
        bed.produce(
            settings,
            messages(event for place in stood for event in all_but_the_last(place, chance)),
        )
        running = [
            started.enter_context(
                Running(engine, settings, logs / f"{engine.name}.log", environment=extra)
            )
            for engine in (LIVECOUNT, *map(service, ("notifier", "entry", "ticker")))
        ]
        return uvloop.run(measure(running, said, tokens, urls, hook))


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="second entries of each series")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="livecount-bench-logs-") as name, bed.stack() as stack:
        engine = decided.measure(stack, Path(name))
        print(json.dumps({"decided": engine, **run(stack, Path(name), rounds)}, indent=2))


if __name__ == "__main__":
    main()
