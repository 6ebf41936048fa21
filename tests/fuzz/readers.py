"""The ticker in this process: its follower, open pages, streams, and requests for every page."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import signal
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any
from urllib.parse import quote

import httpx

from schemas.ids import election_of
from services.pages.live_view import View
from services.platform.metrics import TICKER_BROKEN
from services.platform.settings import Settings
from services.ticker.app import create_app
from services.ticker.broadcast.page_key import CouncilPage, NightPage, PageKey
from services.ticker.broadcast.subscriber import TOO_SLOW, Subscriber
from services.ticker.broadcast.subscribers import Subscribers
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.entry import BEGINNING, Entry, milliseconds
from services.ticker.feed.follower import Follower
from services.ticker.feed.followers import Followers
from services.ticker.feed.parsing import parse_ward
from services.ticker.feed.summaries import Summaries
from services.ticker.formats.csv_text import FORMULA_STARTS
from services.ticker.pages.past_pages import rounded
from services.ticker.pages.render import render
from tests.fuzz.failure import FuzzError, check, step
from tests.fuzz.memory_store import MemoryStore
from tests.support.atom_rules import atom_faults
from tests.support.recorded_stream import RecordedStream, events

MARKUP = ("<script>alert(1)", '" onmouseover="alert(1)')
"""What stands in names of `tests.fuzz.edges`, and on no page as it is."""

COUNCIL_PATHS = (
    "/councils/{council}",
    "/councils/{council}?at={at}",
    "/councils/{council}?wall=1",
    "/embed/council/{council}",
    "/embed/council/{council}?theme=dark",
    "/v1/councils/{council}",
    "/v1/councils/{council}/wards",
    "/v1/councils/{council}/wards.csv",
    "/v1/councils/{council}/alerts",
    "/v1/councils/{council}/alerts.atom",
    "/elections/{election}",
    "/elections/{election}?at={at}",
    "/embed/headline/{election}",
    "/v1/elections/{election}/councils",
    "/v1/elections/{election}/councils.csv",
    "/v1/elections/{election}/wards",
    "/v1/elections/{election}/wards.csv",
    "/v1/elections/{election}/alerts",
    "/v1/elections/{election}/feed",
    "/",
)


WARD_PATH = "/councils/{council}/wards/{ballot}"


class Readers:
    """Everybody who reads, of the store of one world. Use it inside a running event loop."""

    def __init__(self, store: MemoryStore, settings: Settings, chance: Random) -> None:
        self._store = store
        self._chance = chance
        self._subscribers = Subscribers()
        self._followers = Followers(store, self._subscribers, self._render)  # type: ignore[arg-type]
        self._faults: list[FuzzError] = []
        # Clients that take nothing until they are asked to, so that what waits for one is bounded.
        self._streams: dict[str, RecordedStream] = {}
        app = create_app(settings)
        app.state.context = replace(
            app.state.context,
            store=store,
            subscribers=self._subscribers,
            followers=self._followers,
            summaries=Summaries(store, self._followers),  # type: ignore[arg-type]
        )
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://ticker",
            headers={"accept-encoding": "identity"},
        )
        self.answers = 0
        self._left_out = _left_out()

    def _render(self, state: ElectionState, key: PageKey) -> View:
        """Renders a page, and notes what fails, which the follower survives."""
        try:
            with step(f"page {type(key).__name__}"):
                return render(state, key)
        except FuzzError as error:
            if isinstance(error.__cause__, KeyError):
                raise error.__cause__ from None
            self._faults.append(error)
            raise

    async def read(self, council: str, entries: list[Entry]) -> None:
        """Reads a council after a change: open pages, streams, and some pages anew."""
        follower = await self._followers.of(election_of(council))
        for _ in range(10_000):
            if follower.state.at == await self._store.last_id(follower.state.election):
                break
            await asyncio.sleep(0)
        self._raise()
        at = follower.state.at
        check("follower", holds=at == entries[-1].id, what=f"stands at {at}, not {entries[-1].id}")
        stored = self._store.councils[council].wards
        shown = follower.state.councils[council].wards_json
        check("follower", holds=shown == stored, what=f"wards {shown.keys() ^ stored.keys()}")
        if follower.state.find(council) is not None:
            self._open(follower, NightPage())
            self._open(follower, CouncilPage(council))
            await self._request_pages(follower, council, entries)
        self._listen()
        self._raise()

    def _raise(self) -> None:
        """Raises FuzzError if a page could not be rendered, or only without a part of it."""
        if self._faults:
            raise self._faults.pop(0)
        left_out = _left_out() - self._left_out
        check("ticker", holds=not left_out, what=f"leaves out {', '.join(left_out)}")

    def _open(self, follower: Follower, key: PageKey) -> None:
        """Opens a page, if it is not open, and reads its stream."""
        topic = follower.view_topic(key)
        if topic not in self._streams:
            with step(f"page {type(key).__name__}"):
                follower.live_view(key)
            subscriber = Subscriber()
            self._subscribers.add(topic, subscriber)
            follower.catch_up_view(subscriber, key, None)
            self._streams[topic] = RecordedStream(subscriber, is_paused=True)
        if follower.topic not in self._streams:
            everything = Subscriber()
            self._subscribers.add(follower.topic, everything)
            self._streams[follower.topic] = RecordedStream(everything, is_paused=True)

    def _listen(self) -> None:
        """Takes what waits for each client, and checks it."""
        for topic, stream in self._streams.items():
            stream.go_on()
            stream.is_paused = True
            kind = topic.partition(" ")[0]
            for chunk in map(events, stream.written):
                check(f"stream {kind}", holds=chunk != TOO_SLOW.events, what="is too much")
                with step("frames"):
                    frames(chunk)
            stream.written.clear()

    async def _request_pages(self, follower: Follower, council: str, entries: list[Entry]) -> None:
        """Requests one page of the council or of its night, and the page of a ward that changed."""
        ring, chance = follower.ring, self._chance
        feed_id = chance.choice((ring.first, ring.last)) or BEGINNING
        template = chance.choice(COUNCIL_PATHS)
        at = rounded(milliseconds(feed_id))
        path = template.format(council=council, election=election_of(council), at=at)
        taken = _statuses(follower, at) if "{at}" in template else {200}
        await self._request(path, template, taken)
        wards = [each for each in entries if each.kind == "ward"]
        if wards:
            ballot = parse_ward(chance.choice(wards).data).ballot_paper_id
            await self._request(f"/councils/{council}/wards/{quote(ballot)}", WARD_PATH)

    async def _request(self, path: str, template: str, taken: Collection[int] = (200,)) -> None:
        """Requests a path, which may be answered with one of some statuses."""
        with step(f"GET {template}"):
            answer = await self._client.get(path)
        self.answers += 1
        status = answer.status_code
        check(f"GET {template}", holds=status in taken, what=f"answers {status}: {answer.text}")
        with step(f"body of {template}"):
            read_body(answer)

    async def close(self) -> None:
        """Ends every stream and follower."""
        await self._followers.stop()
        await self._client.aclose()


def _statuses(follower: Follower, at_ms: int) -> set[int]:
    """Returns how a page of a time may be answered.

    A council need not have been opened then. A time before the slider begins is not known.
    """
    first_ms = follower.history.first_ms
    return {422} if first_ms is None or at_ms < first_ms else {200, 404}


def _left_out() -> Counter[str]:
    """Returns how often the ticker has left something out because it could not read or show it."""
    samples = [each for metric in TICKER_BROKEN.collect() for each in metric.samples]
    return Counter(
        {each.labels["what"]: int(each.value) for each in samples if each.name.endswith("_total")}
    )


def frames(chunk: bytes) -> list[tuple[str, Any]]:
    """Returns the name and the data of each event of a stream.

    Raises ValueError if anything stands between them.
    """
    text = chunk.decode()
    found = []
    for frame in text.removesuffix("\n\n").split("\n\n"):
        # A browser takes each of these for the end of a line.
        lines = frame.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        names = [line.partition(": ")[0] for line in lines]
        if names not in (["id", "event", "data"], ["event", "data"]):
            raise ValueError(f"not one event: {names}")
        found.append((lines[-2].partition(": ")[2], json.loads(lines[-1].partition(": ")[2])))
    return found


def read_body(answer: httpx.Response) -> None:
    """Raises ValueError if JSON, CSV, a feed or HTML is not what it says."""
    media_type = answer.headers["content-type"].partition(";")[0]
    if media_type == "application/json":
        answer.json()
    elif media_type == "text/csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode(), newline="")))
        if {len(row) for row in rows} != {len(rows[0])}:
            raise ValueError("rows of different lengths")
        run = [cell for row in rows for cell in row if cell.startswith(FORMULA_STARTS)]
        if any(not _is_number(cell) for cell in run):
            raise ValueError(f"a spreadsheet would run {run[0][:40]!r}")
    elif media_type == "application/atom+xml":
        if faults := atom_faults(answer.content):
            raise ValueError(f"no feed: {faults[0]}")
    elif any(mark in answer.text for mark in MARKUP):
        raise ValueError("markup of a name is on the page as it is")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@contextmanager
def noting_the_end() -> Iterator[list[int]]:
    """Notes each SIGTERM by which a service ends its process, which goes on here."""
    ends: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: ends.append(number))
    try:
        yield ends
    finally:
        signal.signal(signal.SIGTERM, before)
