from __future__ import annotations

import httpx
import pytest

from tests.support.ticking import COUNCIL, ELECTION

pytestmark = pytest.mark.redis_only

WRONG = {
    f"/v1/elections/{ELECTION}/feed?limit=0": "limit: '0'; give 1 or more",
    f"/v1/elections/{ELECTION}/feed?limit=5000": "limit: '5000'; give 1000 or less",
    f"/v1/elections/{ELECTION}/feed?limit=ten": "limit: 'ten'; give a whole number",
    f"/v1/stream?election={ELECTION}&alerts=maybe": "alerts: 'maybe'; give 1 or 0",
    "/v1/stream": "election: is missing; give it in the address, as election=…",
    f"/oembed?url=x&format={'x' * 21}": f"format: '{'x' * 21}'; give at most 20 characters",
    f"/embed/council/{COUNCIL}?language=x": "language: 'x'; give 'en' or 'cy'",
    f"/embed/council/{COUNCIL}?theme=pink": "theme: 'pink'; give 'auto', 'light' or 'dark'",
}


@pytest.mark.parametrize("path", WRONG)
async def test_a_wrong_parameter_is_named_with_its_value_and_a_remedy(
    client: httpx.AsyncClient, path: str
) -> None:
    """A developer who reads the answer knows what to change."""
    answer = await client.get(path)

    assert answer.status_code == 422
    assert answer.json() == {"detail": WRONG[path]}


async def test_each_of_several_wrong_parameters_is_named(client: httpx.AsyncClient) -> None:
    """Not only the first, so that one look is enough."""
    answer = await client.get("/oembed?url=x&maxwidth=0&maxheight=-1")

    assert (
        answer.json()["detail"] == "maxwidth: '0'; give 1 or more. maxheight: '-1'; give 1 or more"
    )


async def test_a_long_wrong_value_is_not_repeated_whole(client: httpx.AsyncClient) -> None:
    """An answer is for reading."""
    answer = await client.get(f"/v1/councils/{'x' * 300}")

    assert answer.status_code == 422
    assert len(answer.json()["detail"]) < 100


async def test_a_browser_is_told_the_same_on_a_page(client: httpx.AsyncClient) -> None:
    """In the same words."""
    path = f"/embed/council/{COUNCIL}?theme=pink"
    answer = await client.get(path, headers={"Accept": "text/html"})

    assert answer.status_code == 422
    assert "theme: &#39;pink&#39;; give" in answer.text
