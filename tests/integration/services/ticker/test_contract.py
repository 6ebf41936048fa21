"""The ticker answers as its OpenAPI document says, whatever it is asked."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.support.contract import faults

pytestmark = pytest.mark.redis_only


async def test_no_request_is_answered_otherwise_than_the_document_says(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    """Statuses, media types and bodies are those described, and what breaks a schema is refused."""
    document = (await client.get("/v1/openapi.json")).json()
    url = str(client.base_url)
    # A stream does not end by itself.
    options = ("--checks=all", "--exclude-path=/v1/stream")

    assert await faults(document, url, tmp_path, *options) == ""
