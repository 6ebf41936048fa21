"""Entry served inside a test, with keys of its own, and a client that fills in its forms."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import httpx
from pydantic import SecretStr

from services.access.watched_keys import WatchedKeys
from services.entry.app import create_app
from services.entry.context import EntryContext
from services.entry.server import CONNECTIONS, Server, running
from services.platform.accounts import account_settings
from services.platform.health import Health
from services.platform.http_server import HttpConfig
from services.platform.settings import Settings

PERSON = "Ann Able"
SECRET = SecretStr("what-all-entries-of-a-test-sign-with")
SAME_SITE = {"sec-fetch-site": "same-origin"}
"""What a browser says of a form that a page of this service sends."""


@dataclass(frozen=True, slots=True)
class Entering:
    """A running entry: its address, its parts, and its file of keys."""

    url: str
    context: EntryContext
    keys_file: Path | None


@asynccontextmanager
async def entering(settings: Settings, keys_file: Path | None = None) -> AsyncIterator[Entering]:
    """Serves entry in this process, with its account, once it has read the log; stops it."""
    own = account_settings(settings, "entry").model_copy(
        update={"keys_file": keys_file, "entry_secret": SECRET}
    )
    health = Health()
    async with running(own, WatchedKeys(keys_file, SecretStr("")), health) as context:
        config = HttpConfig(
            create_app(context, health),
            host="127.0.0.1",
            port=own.entry_port if own.oidc_issuer else 0,
            limits=CONNECTIONS,
            shutdown_timeout_s=1,
            trusted_proxies=own.trusted_proxies,
        )
        server = Server(config, context)
        serving = asyncio.create_task(server.serve())
        while not server.started or health.ready_fault():
            if serving.done():
                serving.result()
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield Entering(f"http://127.0.0.1:{port}", context, keys_file)
        finally:
            server.should_exit = True
            await serving


class Desk:
    """Somebody at the desk: a client with cookies, which sends forms as a browser does."""

    def __init__(self, url: str) -> None:
        self.client = httpx.AsyncClient(base_url=url, trust_env=False, timeout=30.0)

    async def get(self, path: str) -> httpx.Response:
        """Returns a page, by way of redirects."""
        return await self.client.get(path, follow_redirects=True)

    async def send(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        """Sends a form as a page of this service does, and returns the page that it leads to."""
        return await self.client.post(
            path, data=fields, headers=headers or SAME_SITE, follow_redirects=True
        )

    async def sign_in(self, token: str, person: str = PERSON) -> httpx.Response:
        """Signs in, and returns the page that it leads to."""
        return await self.send("/sign-in", {"key": token, "person": person})

    async def open(self, token: str) -> httpx.Response:
        """Opens an invitation and presses the button on its page; returns where it leads to."""
        await self.get("/invitation")
        return await self.client.post("/invitation", data={"key": token}, headers=SAME_SITE)

    async def form(self, ballot: str) -> dict[str, str]:
        """Returns the hidden fields of a ballot's form."""
        page = await self.get(f"/desk/{ballot}")
        assert page.status_code == 200, page.text
        return hidden(page.text.partition("<fieldset>")[0])

    async def decide(self, ballot: str, decision: str, reason: str, **more: str) -> httpx.Response:
        """Decides about a ballot, and returns the page that it leads to."""
        fields = await self.form(ballot)
        return await self.send(
            f"/desk/{ballot}", fields | {"decision": decision, "reason": reason} | more
        )


@asynccontextmanager
async def at_the_desk(url: str, token: str = "", person: str = PERSON) -> AsyncIterator[Desk]:
    """Somebody at the desk, signed in if there is a token."""
    desk = Desk(url)
    async with desk.client:
        if token:
            assert (await desk.sign_in(token, person)).url.path == "/desk"
        yield desk


def hidden(html: str) -> dict[str, str]:
    """Returns the hidden fields in a page."""
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', html))


def text_of(html: str) -> str:
    """Returns what a page says, without its markup, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
