"""One request to an application in this process, made by hand so that it may be malformed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
from fastapi import FastAPI


async def status_of(
    app: FastAPI,
    target: str,
    headers: Mapping[str, str],
    *,
    method: str = "GET",
    body: bytes = b"",
) -> int:
    """Returns the status of a request's answer, without waiting for the end of a stream."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": httpx.URL(f"http://x{path}").path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [
            (name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()
        ],
        "client": ("192.0.2.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, object]:
        if waiting:
            return waiting.pop()
        # A client that goes away as soon as it has the status, so that streams end.
        await asyncio.wait([status])
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start" and not status.done():
            status.set_result(int(str(message["status"])))

    await app(scope, receive, send)  # type: ignore[arg-type]
    return status.result()


def failed(status: int) -> bool:
    """Returns whether a status says that the service failed. 503 says that something is away."""
    return status >= 500 and status != 503
