"""Which requests for a stream go in the lane of their own."""

from __future__ import annotations

import pytest
from starlette.types import Receive, Scope, Send

from services.platform.settings import Settings
from services.ticker.app import create_app
from services.ticker.routes.stream_lane import StreamLane


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/stream", b"election=local.2014-05-22"),
        ("/v1/stream", b""),
        ("/v1/stream", b"election=a&election=b"),
        ("/v1/stream", b"election=a&alerts=1&after=1-0&council=b"),
        ("/v1/stream", b"election=%ff"),
        ("/live/local.2014-05-22", b"view=night"),
        ("/elections/local.2014-05-22", b""),
    ],
)
async def test_what_is_not_plainly_right_goes_on(path: str, query: bytes) -> None:
    """There it is refused with its reason, or begins an election that is not followed yet."""
    went_on: list[Scope] = []

    async def application(scope: Scope, _receive: Receive, _send: Send) -> None:
        went_on.append(scope)

    lane = StreamLane(application, create_app(Settings()).state.context)
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query,
        "headers": [],
    }

    await lane(scope, None, None)  # type: ignore[arg-type] -- neither is used

    assert went_on == [scope]
