"""A ticker as a process that the system allows few open files."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from services.platform.accounts import account_settings
from services.platform.connections import FILES_RESERVED
from services.platform.settings import Settings
from services.platform.stack.process import die_with_parent
from services.ticker.server import CONNECTIONS
from tests.conftest import settings_environment
from tests.support.checkout import CHECKOUT
from tests.support.counted import Counted
from tests.support.ticking import ELECTION, declared, opened

pytestmark = pytest.mark.redis_only

Eventually = Callable[..., Awaitable[object]]

FILES_ALLOWED = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
"""What the system allows a process that asks for more."""

FILES_FOR_ALL = CONNECTIONS.total_max + FILES_RESERVED
"""With as many, a ticker has room for every stream that it promises."""

STREAMS = 400
"""More than the ticker with the fewest files has room for."""


class Ticker:
    """A ticker process, its address, and what it has written."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.log = log

    async def asked(self, path: str) -> tuple[int, str]:
        """Returns status and body of an answer; 0 if there is none."""
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
                answer = await client.get(f"http://127.0.0.1:{self.port}{path}")
        except httpx.TransportError:
            return 0, ""
        return answer.status_code, answer.text

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[str]:
        """Opens a stream and yields the status line of its answer, empty if there is none."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(f"GET /v1/stream?election={ELECTION} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            yield (await reader.readline()).decode()
        finally:
            writer.close()


@pytest.fixture
async def ticker(
    request: pytest.FixtureRequest,
    settings: Settings,
    counted: Counted,
    eventually: Eventually,
    tmp_path: Path,
) -> AsyncIterator[Ticker]:
    """A ticker with the soft and the hard limit of open files of the test's parameter."""
    await counted.count(opened(), declared("Ash", "PP52"))
    soft, hard = request.param
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]

    def begin() -> None:
        die_with_parent()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    environment = {name: value for name, value in os.environ.items() if "LIVECOUNT" not in name}
    own = account_settings(settings, "ticker").model_copy(update={"ticker_port": port})
    log = tmp_path / "ticker.log"
    with log.open("wb") as written:
        process = subprocess.Popen(  # noqa: ASYNC220 -- it only begins
            [sys.executable, "-m", "services.cli", "ticker", "run"],
            cwd=CHECKOUT,
            env=environment | settings_environment(own) | {"LIVECOUNT_TICKER_PORT": str(port)},
            stdout=written,
            stderr=written,
            preexec_fn=begin,  # noqa: PLW1509 -- two system calls
        )
    made = Ticker(process, port, log)

    async def is_ready() -> bool:
        assert process.poll() is None, log.read_text()
        return (await made.asked("/health/ready"))[0] == 200

    try:
        await eventually(is_ready)
        yield made
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("ticker", [(600, 600)], indirect=True)
async def test_a_ticker_with_few_files_answers_everybody_and_says_so(ticker: Ticker) -> None:
    """Streams beyond its room are answered with 503, pages are served, and it says what to do."""
    ready = await ticker.asked("/health/ready")
    assert ready[0] == 200
    assert "open files" in ready[1]
    assert "open files" in ticker.log.read_text()

    async with AsyncExitStack() as streams:
        begun = [await streams.enter_async_context(ticker.stream()) for _ in range(STREAMS)]
        statuses = {line.split(" ")[1] for line in begun}
        page = await ticker.asked(f"/elections/{ELECTION}")
        full = await ticker.asked("/health/ready")

    assert statuses == {"200", "503"}
    assert page[0] == 200
    assert "Nowhere" in page[1]
    assert full[0] == 200
    assert "streams are taken" in full[1]
    assert "all places are taken" in ticker.log.read_text()


@pytest.mark.parametrize("ticker", [(300, FILES_ALLOWED)], indirect=True)
async def test_a_ticker_raises_its_own_limit_of_files(ticker: Ticker) -> None:
    """More streams than the usual limit has room for are served, where the system allows it."""
    status, said = await ticker.asked("/health/ready")
    assert status == 200
    is_room_for_all = FILES_ALLOWED == resource.RLIM_INFINITY or FILES_ALLOWED >= FILES_FOR_ALL
    assert (said == "ok") == is_room_for_all
    async with AsyncExitStack() as streams:
        begun = [await streams.enter_async_context(ticker.stream()) for _ in range(STREAMS)]
        assert {line.split(" ")[1] for line in begun} == {"200"}
