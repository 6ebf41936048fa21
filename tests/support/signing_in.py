"""Signs people in at a running identity provider, by its forms, as a browser does."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.checkout import CHECKOUT
from tests.support.entering import Desk
from tests.support.identity_provider import CLIENT, PASSWORD, SECRET

STEPS_MAX = 12
"""Pages and redirects between entry's link and its page: name, password, and back."""


class _Form(HTMLParser):
    """The last form of a page, with the values of its fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a form's field."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action, self.fields = given.get("action", ""), {}
        elif tag == "input" and given.get("name"):
            self.fields[given["name"]] = given.get("value", "")


@asynccontextmanager
async def provided(
    settings: Settings, eventually: Callable[..., Awaitable[object]]
) -> AsyncIterator[Settings]:
    """Settings for an entry at which people sign in by a provider, which runs meanwhile."""
    own, entry = free_ports(2, random.SystemRandom())
    back = f"http://127.0.0.1:{entry}/sign-in/provider/back"
    process = subprocess.Popen(  # noqa: ASYNC220 -- it returns at once
        [sys.executable, "-m", "tests.support.identity_provider", str(own), back],
        cwd=CHECKOUT,
        # It is asked without TLS, on this machine.
        env=os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    issuer = f"http://localhost:{own}"
    try:
        async with httpx.AsyncClient(trust_env=False) as client:

            async def answers() -> bool:
                assert process.poll() is None
                try:
                    found = await client.get(f"{issuer}/.well-known/openid-configuration")
                except httpx.TransportError:
                    return False
                return found.status_code == httpx.codes.OK

            await eventually(answers)
        yield settings.model_copy(
            update={
                "entry_port": entry,
                "entry_url": f"http://127.0.0.1:{entry}",
                "oidc_issuer": issuer,
                "oidc_client_id": CLIENT,
                "oidc_client_secret": type(settings.oidc_client_secret)(SECRET),
            }
        )
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)


async def come_back(person: Desk, name: str) -> str:
    """Signs somebody in at the provider, and returns the address that it sends them back to."""
    back = f"{str(person.client.base_url).rstrip('/')}/sign-in/provider/back"
    answer = await person.client.get("/sign-in/provider")
    for _ in range(STEPS_MAX):
        if answer.is_redirect:
            target = urljoin(str(answer.url), answer.headers["location"])
            if target.startswith(back):
                return target
            answer = await person.client.get(target)
            continue
        assert answer.status_code == httpx.codes.OK, answer.text
        form = _Form()
        form.feed(answer.text)
        fields = form.fields | {
            field: value
            for field, value in (("login", name), ("password", PASSWORD))
            if field in form.fields
        }
        address = urljoin(str(answer.url), form.action)
        answer = await person.client.post(address, data=fields)
    raise AssertionError(answer.text)


async def sign_in_as(person: Desk, name: str) -> httpx.Response:
    """Signs somebody in by the provider, and returns what entry answers then."""
    return await person.client.get(await come_back(person, name))
