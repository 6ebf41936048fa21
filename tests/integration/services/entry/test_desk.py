"""The desk decides on a page, with a real Kafka."""

from __future__ import annotations

import asyncio
import json
import random
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.access.keys_edit import revoke_key
from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.entering import SAME_SITE, Desk, at_the_desk, entering, text_of
from tests.support.intake_log import log
from tests.support.keys import added, audit
from tests.support.polls import ballot
from tests.support.sources import by, content, decision
from tests.support.waiting_night import NORTH, OPENING

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]

NORTHERN, SOUTHERN = ballot("north"), ballot("south")
ACCEPT = f"accept {content(NORTH)}"


@pytest.mark.usefixtures("held")
async def test_what_waits_is_listed_and_a_held_result_accepted(
    settings: Settings, keys: Path, desk_token: str
) -> None:
    """What came of it is said after it was read in the log, where it has key, person and reason."""
    async with entering(settings, keys) as entry, at_the_desk(entry.url, desk_token) as desk:
        listed = text_of((await desk.get("/desk")).text)
        assert "Held for less than a minute" in listed
        assert "North, Barsetshire" in listed
        assert "Disputed" in listed
        answer = await desk.decide(NORTHERN, ACCEPT, "the sheet says so")
        said = text_of(answer.text)
        after = text_of((await desk.get("/desk")).text)

    assert (answer.status_code, answer.url.path) == (200, f"/desk/{NORTHERN}")
    assert "Decided: North, Barsetshire: CON 1, last seat by 400 votes" in said
    assert "North, Barsetshire" not in after
    last = json.loads((await log(settings))[-1].value)
    assert (last["type"], last["ruling"], last["revision"]) == ("desk.decided", "accept", 1)
    assert (last["by"], last["reason"]) == ("Ann Able (desk-1)", "the sheet says so")
    (entry_of_it,) = await audit(settings, "decided")
    assert (entry_of_it.who, entry_of_it.person, entry_of_it.from_address) == (
        "desk-1",
        "Ann Able",
        "127.0.0.1",
    )
    assert entry_of_it.about[0].ballot_paper_id == NORTHERN
    assert entry_of_it.about[0].offset is not None
    assert "the sheet says so" in entry_of_it.result


@pytest.mark.usefixtures("held")
async def test_a_ballot_shows_what_each_source_says_and_marks_what_differs(
    settings: Settings, keys: Path, desk_token: str
) -> None:
    """In words, not by colour alone."""
    async with entering(settings, keys) as entry, at_the_desk(entry.url, desk_token) as desk:
        said = text_of((await desk.get(f"/desk/{SOUTHERN}")).text)
        alone = text_of((await desk.get(f"/desk/{NORTHERN}")).text)

    assert "agency (final) ann (single)" in said
    assert "PP52 1 (CON) differs yes 900 500" in said
    assert "ann (single) contradicts what stands" in said
    assert "differs" not in alone


@pytest.mark.usefixtures("held")
async def test_a_figure_of_the_desks_own_stands(
    settings: Settings, keys: Path, desk_token: str
) -> None:
    """It has a field for each nominee."""
    async with entering(settings, keys) as entry, at_the_desk(entry.url, desk_token) as desk:
        own = {"votes-0": "1,700", "votes-1": "699"}
        answer = await desk.decide(SOUTHERN, "figure", "the returning officer's sheet", **own)

    assert "Decided: South, Barsetshire: CON 1, last seat by 1001 votes" in text_of(answer.text)


@pytest.mark.usefixtures("held")
async def test_what_cannot_be_right_is_in_the_log_and_does_not_count(
    settings: Settings, keys: Path, desk_token: str
) -> None:
    """The page says why."""
    async with entering(settings, keys) as entry, at_the_desk(entry.url, desk_token) as desk:
        own = {"votes-0": "9", "votes-1": "700", "elected-0": "yes"}
        answer = await desk.decide(NORTHERN, "figure", "typed too fast", **own)

    assert "It does not count: contradiction:" in text_of(answer.text)


@pytest.mark.usefixtures("held")
async def test_whoever_decides_second_is_told_and_nothing_is_sent(
    settings: Settings, keys: Path, desk_token: str
) -> None:
    """The form has the revision of the decision that it was made against."""
    async with entering(settings, keys) as entry, at_the_desk(entry.url, desk_token) as desk:
        form = await desk.form(NORTHERN)
        await desk.decide(NORTHERN, "clear", "first")
        stood = len(await log(settings))
        late = form | {"decision": ACCEPT, "reason": "second"}
        answer = await desk.send(f"/desk/{NORTHERN}", late)

    assert answer.status_code == 409
    assert "Another decision about this ballot was made" in text_of(answer.text)
    assert len(await log(settings)) == stood


@pytest.mark.usefixtures("held")
async def test_a_decision_that_another_desk_sent_first_is_said_to_be_in_between(
    settings: Settings, keys: Path, desk_token: str, eventually: Eventually
) -> None:
    """Also where it was written by the command line."""
    async with entering(settings, keys) as entry, at_the_desk(entry.url, desk_token) as desk:
        form = await desk.form(NORTHERN)
        async with DeclarationProducer(settings) as producer:
            await producer.publish(decision("north", ruling="clear"))

        async def is_read() -> bool:
            return "the desk has cleared it" in (await desk.get(f"/desk/{NORTHERN}")).text

        await eventually(is_read)
        answer = await desk.send(
            f"/desk/{NORTHERN}", form | {"decision": ACCEPT, "reason": "second"}
        )

    assert answer.status_code == 409


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("change", "headers"),
    [
        ({"form": ""}, SAME_SITE),
        ({"form": "something-else"}, SAME_SITE),
        ({}, {"sec-fetch-site": "cross-site"}),
        ({}, {"sec-fetch-site": "same-site"}),
        ({}, {"origin": "https://elsewhere.example"}),
        ({}, {"origin": "null"}),
        ({}, {"x-nothing": "said"}),
    ],
)
async def test_a_form_that_another_site_sent_decides_nothing(
    settings: Settings, keys: Path, desk_token: str, change: dict[str, str], headers: dict[str, str]
) -> None:
    """Whether its desk_token is missing or the browser says where it is from; the audit has it."""
    async with entering(settings, keys) as entry, at_the_desk(entry.url, desk_token) as desk:
        form = await desk.form(NORTHERN) | {"decision": ACCEPT, "reason": "forged"} | change
        stood = len(await log(settings))
        answer = await desk.send(f"/desk/{NORTHERN}", form, **headers)

    assert answer.status_code == 403
    assert "nothing was done" in answer.text
    assert len(await log(settings)) == stood
    (refused,) = await audit(settings, "refused")
    assert (refused.who, refused.status) == ("desk-1", 403)


@pytest.mark.usefixtures("held")
async def test_nobody_sees_or_decides_anything_without_signing_in(
    settings: Settings, keys: Path, desk_token: str
) -> None:
    """Every address leads to the page to sign in."""
    assert desk_token
    async with entering(settings, keys) as entry, at_the_desk(entry.url) as desk:
        for path in ("/", "/desk", f"/desk/{NORTHERN}"):
            assert (await desk.get(path)).url.path == "/sign-in"
        answer = await desk.send(f"/desk/{NORTHERN}", {"decision": "clear", "reason": "x"})
        live = await desk.get("/desk/live")

    assert answer.url.path == "/sign-in"
    assert live.text == "event: reload\ndata: {}\n\n"


@pytest.mark.usefixtures("held")
async def test_a_revoked_key_ends_its_sessions(
    settings: Settings, keys: Path, desk_token: str
) -> None:
    """Within the two seconds in which the file is read again, and an open page with them."""
    added(keys, "other")
    async with entering(settings, keys) as entry, at_the_desk(entry.url, desk_token) as desk:
        async with desk.client.stream("GET", "/desk/live") as stream:
            revoke_key(keys, "desk-1", entry.context.clock(), "ops")
            streamed = "".join([text async for text in stream.aiter_text()])
        page = await desk.get("/desk")

    assert "event: reload" in streamed
    assert page.url.path == "/sign-in"


async def test_a_page_changes_as_results_come_to_wait(
    settings: Settings, keys: Path, desk_token: str
) -> None:
    """Without being loaded again."""
    async with (
        entering(settings, keys) as entry,
        at_the_desk(entry.url, desk_token) as desk,
        desk.client.stream("GET", "/desk/live") as stream,
        DeclarationProducer(settings) as producer,
    ):
        await producer.publish_all([OPENING, by("site", "second", NORTH)])
        async for line in stream.aiter_lines():
            if line.startswith("data:") and "North, Barsetshire" in line:
                break
        change = json.loads(line.removeprefix("data:"))

    assert "To decide: North, Barsetshire" in [each["text"] for each in change["say"]]
    assert len(change["orders"]["waiting"]) == 1


async def signs(desk: Desk, desk_token: str, person: str = "Ann") -> tuple[int, str]:
    """Returns status and words of an attempt to sign in."""
    answer = await desk.sign_in(desk_token, person)
    return answer.status_code, text_of(answer.text)


async def test_only_a_key_of_the_desk_opens_it_and_each_attempt_is_in_the_audit(
    settings: Settings, keys: Path, desk_token: str
) -> None:
    """Nothing of a wrong desk_token is kept."""
    source = added(keys, "agency")
    async with entering(settings, keys) as entry, at_the_desk(entry.url) as desk:
        wrong = await signs(desk, "desk-1.wrong-wrong")
        other = await signs(desk, source)
        nameless = await signs(desk, desk_token, " ")
        bracketed = await signs(desk, desk_token, "Ann (desk-2)")
        right = await signs(desk, desk_token)

    assert wrong[0] == 403
    assert "this is no key that is valid here" in wrong[1]
    assert other[0] == 403
    assert "the key agency is a source's" in other[1]
    assert nameless[0] == bracketed[0] == 422
    assert right[0] == 200
    found = await audit(settings)
    assert [(each.action, each.who, each.status) for each in found][1:] == [
        ("refused", "", 403),
        ("refused", "agency", 403),
        ("refused", "", 422),
        ("refused", "", 422),
        ("signed in", "desk-1", 303),
    ]
    assert "wrong-wrong" not in str(found)


async def test_whoever_guesses_has_to_wait_and_locks_nobody_out(
    settings: Settings, keys: Path, desk_token: str
) -> None:
    """Somebody at the same address is let in with the right key meanwhile."""
    async with entering(settings, keys) as entry, at_the_desk(entry.url) as desk:
        for _ in range(10):
            await desk.sign_in("desk-1.a-guess")
        slowed = await desk.sign_in("desk-1.a-guess")
        answer = await desk.sign_in(desk_token)

    assert slowed.status_code == 429
    assert int(slowed.headers["retry-after"]) > 0
    assert (answer.status_code, answer.url.path) == (200, "/desk")


async def test_without_a_file_of_keys_the_page_says_what_to_do(settings: Settings) -> None:
    """Nobody can sign in, also not with the desk_token of intake."""
    desk_token = "a-desk_token-of-intake-that-is-long"  # noqa: S105 -- used only by this test
    with_token = settings.model_copy(update={"intake_token": desk_token})
    async with entering(with_token) as entry, at_the_desk(entry.url) as desk:
        page = await desk.get("/")
        answer = await desk.sign_in(desk_token)

    assert "livecount access add desk-1 --role desk" in page.text
    assert answer.status_code == 503
    assert "livecount access add desk-1 --role desk" in answer.text


@pytest.mark.usefixtures("held")
async def test_a_key_of_other_councils_decides_nothing_here(settings: Settings, keys: Path) -> None:
    """As at intake."""
    desk_token = added(keys, "desk-2", role="desk", councils=("barnet",))
    async with entering(settings, keys) as entry, at_the_desk(entry.url, desk_token) as desk:
        answer = await desk.decide(NORTHERN, ACCEPT, "not mine")

    assert answer.status_code == 403
    assert "the key desk-2 is for the councils barnet" in text_of(answer.text)


@pytest.mark.usefixtures("held")
async def test_a_key_decides_no_faster_than_it_may(settings: Settings, keys: Path) -> None:
    """As at intake, a limit holds for each key; the second decision of the minute is not sent."""
    desk_token = added(keys, "desk-2", role="desk", per_minute=1)
    async with entering(settings, keys) as entry, at_the_desk(entry.url, desk_token) as desk:
        first = await desk.decide(NORTHERN, ACCEPT, "the sheet says so")
        stood = len(await log(settings))
        second = await desk.decide(SOUTHERN, "clear", "the sheet says so")

    assert (first.status_code, second.status_code) == (200, 429)
    assert int(second.headers["retry-after"]) > 0
    assert len(await log(settings)) == stood


@pytest.mark.usefixtures("held")
async def test_pages_are_locked_down_and_stored_nowhere(
    settings: Settings, keys: Path, desk_token: str
) -> None:
    """The cookie is not for scripts, nor for requests that other sites send."""
    async with entering(settings, keys) as entry, at_the_desk(entry.url) as desk:
        signed = await desk.client.post(
            "/sign-in", data={"key": desk_token, "person": "Ann"}, headers=SAME_SITE
        )
        pages = [await desk.get(path) for path in ("/sign-in", "/desk", f"/desk/{NORTHERN}")]

    cookie = signed.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Max-Age=43200"))
    assert desk_token not in cookie
    for page in pages:
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert "style=" not in page.text


async def test_what_was_done_last_is_in_the_audit_when_the_process_is_ended(
    settings: Settings, keys: Path, desk_token: str, process: Process, eventually: Eventually
) -> None:
    """Also if it is ended at once, with a page still open; and it ends without its time limit."""
    (port,) = free_ports(1, random.SystemRandom())
    running = process("entry", "run", entry_port=str(port), keys_file=str(keys))
    async with at_the_desk(f"http://127.0.0.1:{port}") as desk:

        async def is_ready() -> bool:
            try:
                return (await desk.get("/health/ready")).text == "ok"
            except httpx.TransportError:
                return False

        await eventually(is_ready)
        await desk.sign_in(desk_token)
        async with desk.client.stream("GET", "/desk/live"):
            status = await asyncio.to_thread(running.end)

    assert status in {0, -signal.SIGTERM}
    assert [each.person for each in await audit(settings, "signed in")] == ["Ann Able"]


async def test_behind_a_proxy_with_tls_the_cookie_is_for_https_only(
    settings: Settings, keys: Path, desk_token: str
) -> None:
    """The proxy's word is taken if it is trusted, for the client's address as well."""
    behind = settings.model_copy(update={"trusted_proxies": "127.0.0.1"})
    forwarded = {
        "x-forwarded-proto": "https",
        "x-forwarded-for": "192.0.2.7",
        "host": "desk.example",
        "origin": "https://desk.example",
    }
    form = {"key": desk_token, "person": "Ann Able"}
    async with entering(behind, keys) as entry, at_the_desk(entry.url) as desk:
        signed = await desk.client.post("/sign-in", data=form, headers=forwarded)
        cookie = signed.headers["set-cookie"]
        plain = await desk.client.post(
            "/sign-in", data=form, headers=forwarded | {"origin": "http://desk.example"}
        )
        name, _, value = cookie.partition(";")[0].partition("=")
        page = await desk.client.get("/desk", headers=forwarded | {"cookie": f"{name}={value}"})

    assert cookie.startswith("__Host-livecount-entry=")
    assert "Secure" in cookie
    assert plain.status_code == 403
    assert (page.status_code, "Ann Able (desk-1)" in page.text) == (200, True)
    assert [each.from_address for each in await audit(settings, "signed in")] == ["192.0.2.7"]
