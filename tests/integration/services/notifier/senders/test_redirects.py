"""Receivers that answer with a redirect, and addresses that make a channel unsafe."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from services.notifier.senders.open import open_senders
from services.notifier.senders.sender import SendError
from tests.support.notices import channel, notice

Process = Callable[..., Any]

TOKEN = "a" * 26
SERVICES = {
    "json": "json://127.0.0.1:{port}/",
    "json, asked to follow": "json://127.0.0.1:{port}/?redirect=yes",
    "form": "form://127.0.0.1:{port}/",
    "xml": "xml://127.0.0.1:{port}/",
    "ntfy": "ntfy://127.0.0.1:{port}/topic?mode=private",
    "mattermost": f"mmost://127.0.0.1:{{port}}/{TOKEN}",
    "gotify": "gotify://127.0.0.1:{port}/" + "a" * 15,
    "apprise": "apprise://127.0.0.1:{port}/desk",
    "synology": "synology://127.0.0.1:{port}/token",
    "home assistant": "hassio://127.0.0.1:{port}/token",
    "nextcloud": "ncloud://desk:secret@127.0.0.1:{port}/someone",
}


class Redirecting:
    """An HTTP server that sends everybody on to `/internal`, and keeps who came there."""

    def __init__(self) -> None:
        self.status = 307
        self.port = 0
        self.asked: list[str] = []
        self.led: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        """Redirects a request, or takes it if it was redirected."""
        if request.path == "/internal":
            self.led.append(request.method)
            return web.Response(text="{}")
        self.asked.append(request.path)
        return web.Response(status=self.status, headers={"Location": "/internal"})


@pytest.fixture
async def redirecting() -> AsyncIterator[Redirecting]:
    """A running server that redirects."""
    made = Redirecting()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(application, access_log=None, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("name", SERVICES)
async def test_an_alert_follows_no_redirect(
    name: str, status: int, redirecting: Redirecting
) -> None:
    """Where a receiver redirects to, no alert arrives, and it does not count as sent."""
    redirecting.status = status
    made = open_senders(channel(url=SERVICES[name].format(port=redirecting.port)))
    (sender,) = made.values()

    with pytest.raises(SendError):
        await sender.send([notice()], datetime.now(UTC))
    await sender.close()

    assert redirecting.asked
    assert redirecting.led == []


def test_check_warns_of_a_certificate_that_is_not_verified(
    process: Process, tmp_path: Path
) -> None:
    """`verify=no` is said with its channel and what to do; the file can be used nevertheless."""
    file = tmp_path / "channels.toml"
    file.write_text(
        '[[channels]]\nname = "cms"\nurl = "jsons://cms.example/s3cret?verify=no"\n'
        '[[channels]]\nname = "desk"\nurl = "console://"\n'
    )
    running = process("notifier", "check", notifier_channels_file=str(file))

    assert running.process.wait(60) == 0
    assert "cms: warning: url: verify=no accepts any certificate" in running.written()
    assert "desk: warning" not in running.written()
    assert "s3cret" not in running.written()
