from __future__ import annotations

import json

import httpx
import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from services.pages.unforeseen import Unforeseen
from services.ticker.routes.errors import failed


async def failing(scope: Scope, receive: Receive, send: Send) -> None:
    """Fails as a fault that nobody foresaw does."""
    del scope, receive, send
    raise ValueError("the value of a reader")


@pytest.fixture
def client() -> httpx.AsyncClient:
    """A client of an application with such a fault."""
    transport = httpx.ASGITransport(Unforeseen(failing, failed))
    return httpx.AsyncClient(transport=transport, base_url="http://ticker")


@pytest.mark.parametrize("path", ["/v1/failing", "/failing"])
async def test_a_fault_is_logged_once_and_answered_with_its_id(
    client: httpx.AsyncClient, path: str
) -> None:
    """The answer has the id under which the log has the trace, and nothing of the trace itself."""
    with capture_logs() as lines:
        answer = await client.get(path, headers={"Accept": "text/html"})
    (line,) = lines

    assert answer.status_code == 500
    assert line["request_id"] in answer.text
    assert "the value of a reader" not in answer.text
    assert "Traceback" not in answer.text
    assert ("<h1>" in answer.text) == (path == "/failing")


async def test_a_program_gets_the_fault_as_json(client: httpx.AsyncClient) -> None:
    """The id has a field of its own."""
    body = json.loads((await client.get("/failing")).text)

    assert body["request_id"] in body["detail"]
