from __future__ import annotations

import httpx
import pytest

from tests.support.ticking import COUNCIL, ELECTION

pytestmark = pytest.mark.redis_only

FROM_ELSEWHERE = {
    "Origin": "https://paper.example",
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "if-none-match,last-event-id",
}


@pytest.mark.parametrize(
    "path", ["/v1/elections", f"/v1/councils/{COUNCIL}", "/v1/stream", "/oembed"]
)
async def test_scripts_of_any_site_may_send_what_resumes_and_what_they_have(
    client: httpx.AsyncClient, path: str
) -> None:
    """The preflight of a request with Last-Event-ID and If-None-Match is granted, for a while."""
    answer = await client.options(path, headers=FROM_ELSEWHERE)
    allowed = answer.headers["Access-Control-Allow-Headers"]

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert {"Last-Event-ID", "If-None-Match", "Accept", "Cache-Control"} <= {*allowed.split(", ")}
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert int(answer.headers["Access-Control-Max-Age"]) >= 600
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/", f"/elections/{ELECTION}", "/desk", "/live/x", "/v1x"])
async def test_no_page_grants_a_preflight(client: httpx.AsyncClient, path: str) -> None:
    """Pages and the desk are for readers, not for scripts of other sites."""
    answer = await client.options(path, headers=FROM_ELSEWHERE)

    assert answer.status_code in {404, 405}
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "wanted",
    [
        {"Access-Control-Request-Method": "POST"},
        {"Access-Control-Request-Headers": "authorization"},
    ],
)
async def test_nothing_is_granted_that_is_not_served(
    client: httpx.AsyncClient, wanted: dict[str, str]
) -> None:
    """The data is read without a key, and with nothing but GET and HEAD."""
    answer = await client.options("/v1/elections", headers=FROM_ELSEWHERE | wanted)

    assert answer.status_code == 400


async def test_scripts_may_read_what_they_need_of_an_answer(client: httpx.AsyncClient) -> None:
    """Its validator, and when to ask again; and it is the same for every site, for caches."""
    answer = await client.get("/v1/elections", headers={"Origin": "https://paper.example"})
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")

    assert {"ETag", "Last-Event-ID", "Retry-After", "Link"} <= {*exposed}
    assert "Origin" not in answer.headers.get("Vary", "")


async def test_an_options_that_is_no_preflight_is_refused(client: httpx.AsyncClient) -> None:
    """As any method that is not served."""
    assert (await client.options("/v1/elections")).status_code == 405
