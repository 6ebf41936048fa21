"""Addresses, headers, cookies and forms that cannot be are refused, and never fail."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from services.entry.app import create_app
from services.intake.producer import DeclarationProducer
from services.platform.health import Health
from services.platform.settings import Settings
from tests.support.asgi import failed, status_of
from tests.support.entering import PERSON, at_the_desk, entering
from tests.support.keys import added, invited
from tests.support.polls import CON, LAB, ballot, opened, ward
from tests.support.sources import by, result
from tests.support.stringing import at_the_count

NORTHERN = ballot("north")
ODD = ("", "%00", "%ff", "..", "//", "%0d%0aset-cookie:x", "x" * 300, "é", "%F0%9F%97%B3")
FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


async def test_no_request_makes_it_fail(settings: Settings, keys: Path) -> None:
    """Neither of somebody who is signed in nor of anybody else."""
    token = added(keys, "desk-1", role="desk")
    async with DeclarationProducer(settings) as producer:
        await producer.publish_all(
            [
                opened(ward("north", 1, {CON: 1, LAB: 1})),
                by("site", "second", result("north", 9, 5)),
            ]
        )
    async with entering(settings, keys) as entry, at_the_desk(entry.url, token) as desk:
        app = create_app(entry.context, Health())
        form = await desk.form(NORTHERN)
        cookies = [f"livecount-entry={value}" for value in desk.client.cookies.values()]
        statuses: dict[str, int] = {}

        async def ask(target: str, method: str = "GET", body: bytes = b"", **more: str) -> None:
            for cookie in (*cookies, "livecount-entry=x", "livecount-entry=%ff", "é", ""):
                headers = FORM | {"host": "desk.example", "cookie": cookie} | more
                found = await status_of(app, target, headers, method=method, body=body)
                statuses[f"{method} {target} {body!r} {more} {cookie}"] = found

        for odd in ODD:
            await ask(f"/desk/{odd}")
            await ask(f"/sign-in?to={odd}")
            await ask(f"/desk/live?after={odd}")
            await ask(f"/desk/{NORTHERN}?decided={odd}")
            await ask(f"/audit?who={odd}&action={odd}")
            await ask(f"/invitation?{odd}")
            await ask("/invitation", "POST", urlencode({"key": odd}).encode())
            await ask(f"/static/{odd}")
            await ask(f"/ready?{odd}")
            await ask(f"/ready/{odd}")
            await ask(f"/{odd}", method="PUT")
            await ask("/desk", host=odd)
            await ask("/sign-in", "POST", urlencode({"person": odd, "key": odd}).encode())
            await ask("/sign-in", "POST", odd.encode("utf-8"))
            await ask("/sign-in", "POST", b"", origin=odd)
            await ask(f"/desk/{odd}", "POST", urlencode(form).encode())
            for name in ("revision", "decision", "reason", "people", "votes-0", "elected-9"):
                sent = form | {"decision": "figure", "reason": PERSON, name: odd}
                await ask(f"/desk/{NORTHERN}", "POST", urlencode(sent).encode())

    assert len(statuses) > 500
    assert {what: status for what, status in statuses.items() if failed(status)} == {}


async def test_no_request_of_a_stringer_makes_it_fail(settings: Settings, keys: Path) -> None:
    """Whatever is in the address or in a field of the form, checked or sent."""
    token = invited(keys, "stringer-1")
    async with DeclarationProducer(settings) as producer:
        await producer.publish(opened(ward("north", 1, {CON: 1, LAB: 1})))
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        app = create_app(entry.context, Health())
        form = await ann.fields(NORTHERN) | {"votes-0": "480", "votes-1": "520", "elected-1": "yes"}
        cookie = "; ".join(f"{name}={value}" for name, value in ann.client.cookies.items())
        headers = FORM | {"host": "desk.example", "cookie": cookie}
        statuses: dict[str, int] = {}
        numbers = ("-1", "1" * 9, "１２", "0x1", "1_0", "NaN", "1e9", "٣")
        for odd in (*ODD, *numbers):
            for target in (f"/wards/{odd}", f"/wards/{odd}/sent", f"/wards?{odd}"):
                statuses[target] = await status_of(app, target, headers)
            for name in (*form, "say", "nth", "notice", "ballots", "turnout", "lot-0", "elected-9"):
                for path in ("", "/send"):
                    body = urlencode(form | {name: odd}).encode()
                    target = f"/wards/{NORTHERN}{path}"
                    found = await status_of(app, target, headers, method="POST", body=body)
                    statuses[f"{path} {name} {odd}"] = found

    assert len(statuses) > 300
    assert {what: status for what, status in statuses.items() if failed(status)} == {}
