from __future__ import annotations

import httpx
import pytest

from checker.check import check
from tests.support.counted import Counted
from tests.support.ticking import COUNCIL, declared

pytestmark = pytest.mark.redis_only


async def test_a_call_has_a_certificate_and_a_withdrawal_has_none(
    client: httpx.AsyncClient, counted: Counted
) -> None:
    """It holds, is bound to its alert, is linked from it, and stays after a withdrawal."""
    for ward in ("Ash", "Beech", "Cedar"):
        await counted.count(declared(ward, "PP52"))
    alerts = (await client.get(f"/v1/councils/{COUNCIL}/alerts")).json()["alerts"]
    call = next(each for each in alerts if each["kind"] == "control")
    address = f"/v1/alerts/{call['id']}/certificate"

    certificate = (await client.get(address)).json()
    one = await client.get(f"/v1/elections/{call['election']}/alerts/{call['id']}")
    page = await client.get(f"/councils/{COUNCIL}")

    assert check(certificate, None, {call["id"]: call})[0] == []
    assert certificate["positions"]["offsets"].keys() == {
        "council.opened",
        *(ward["ballot_paper_id"] for ward in certificate["wards"]),
    }
    assert one.json()["certificate"] == address
    assert f'href="{address}"' in page.text


async def test_an_alert_that_is_not_there_has_no_certificate(client: httpx.AsyncClient) -> None:
    """The answer names the alert."""
    answer = await client.get(f"/v1/alerts/{'0' * 32}/certificate")

    assert answer.status_code == 404
    assert "0" * 32 in answer.json()["detail"]
