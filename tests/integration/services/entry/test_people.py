"""Who may do what at entry: roles, invitations, sessions, limits, with a real Kafka."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.access.holder import Role
from services.access.keys_edit import revoke_key
from services.entry.cookies import device_id
from services.entry.roles import ROUTES, Route
from services.entry.routes.gate import PER_MINUTE
from services.entry.routes.sign_in import PER_MINUTE as SIGN_INS_PER_MINUTE
from services.platform.clock import uk_now
from services.platform.errors import KafkaUnavailableError
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.entering import SAME_SITE, Desk, at_the_desk, entering, hidden, text_of
from tests.support.intake_log import log
from tests.support.keys import added, audit, invited
from tests.support.polls import ballot
from tests.support.sources import content
from tests.support.topics import remove
from tests.support.waiting_night import NORTH

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]

NORTHERN = ballot("north")
ROLES: tuple[Role, ...] = ("stringer", "desk", "viewer", "admin")


@pytest.fixture
def keys(keys: Path) -> Path:
    """Where the file of keys is, with a key of the desk's."""
    added(keys, "desk-1", role="desk")
    return keys


@asynccontextmanager
async def at(url: str, token: str) -> AsyncIterator[Desk]:
    """Somebody who has opened an invitation on a device of their own."""
    async with at_the_desk(url) as person:
        answer = await person.open(token)
        assert answer.status_code == 303, text_of(answer.text)
        yield person


async def ask(person: Desk, route: Route) -> httpx.Response:
    """Returns the answer to a request for a route, with a form if it takes one."""
    path = route.path.replace("{ballot}", NORTHERN)
    if route.method == "GET":
        if path.endswith("/live"):
            async with person.client.stream("GET", path) as stream:
                if stream.status_code != httpx.codes.OK:
                    await stream.aread()
                return stream
        return await person.client.get(path)
    return await person.client.post(path, data={"reason": "x"}, headers=SAME_SITE)


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("role", ROLES)
async def test_each_role_may_do_what_the_table_says_and_no_more(
    settings: Settings, keys: Path, role: Role
) -> None:
    """What is not allowed answers 403, changes nothing, and is in the audit."""
    token = invited(keys, "ann-able", role)
    refused: set[Route] = set()
    async with entering(settings, keys) as entry, at(entry.url, token) as person:
        stood = len(await log(settings))
        for route, roles in ROUTES.items():
            if roles is None:
                continue
            answer = await ask(person, route)
            assert (answer.status_code == 403) == (role not in roles or route.method == "POST")
            if role not in roles:
                refused.add(route)
                assert f"This is not for the role {role}, which you have." in answer.text
        assert len(await log(settings)) == stood

    noted = [each for each in await audit(settings, "refused") if "not for the role" in each.result]
    assert len(noted) == len(refused)
    assert {(each.who, each.person, each.status) for each in noted} <= {
        ("ann-able", "Ann Able", 403)
    }


@pytest.mark.usefixtures("held")
async def test_a_viewer_sees_what_waits_and_cannot_decide(settings: Settings, keys: Path) -> None:
    """There is no form, and one that is sent all the same is refused."""
    token = invited(keys, "ann-able", "viewer")
    async with entering(settings, keys) as entry, at(entry.url, token) as person:
        page = await person.get(f"/desk/{NORTHERN}")
        fields = hidden(page.text) | {"decision": f"accept {content(NORTH)}", "reason": "x"}
        answer = await person.send(f"/desk/{NORTHERN}", fields)

    assert "site (second) waits" in text_of(page.text)
    assert "What stands?" not in page.text
    assert answer.status_code == 403


@pytest.mark.usefixtures("held")
async def test_an_admin_decides_under_their_own_name(settings: Settings, keys: Path) -> None:
    """As the desk does."""
    token = invited(keys, "ann-able", "admin")
    async with entering(settings, keys) as entry, at(entry.url, token) as person:
        answer = await person.decide(NORTHERN, f"accept {content(NORTH)}", "the sheet says so")

    assert "Decided: North, Barsetshire: CON 1" in text_of(answer.text)
    (decided,) = await audit(settings, "decided")
    assert (decided.who, decided.person) == ("ann-able", "Ann Able")


async def test_a_link_that_is_fetched_for_a_preview_claims_nothing(
    settings: Settings, keys: Path
) -> None:
    """Only the button does; the page keeps no secret and says none."""
    token = invited(keys, "ann-able")
    async with entering(settings, keys) as entry, at_the_desk(entry.url) as preview:
        fetched = await preview.get(f"/invitation#{token}")
        async with at_the_desk(entry.url) as person:
            answer = await person.open(token)

    assert fetched.status_code == 200
    assert token not in fetched.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/wards")


async def test_an_invitation_is_good_for_the_first_device_only(
    settings: Settings, keys: Path
) -> None:
    """It can be opened there again; another one is refused, at another process too."""
    token = invited(keys, "ann-able")
    async with entering(settings, keys) as entry, at(entry.url, token) as person:
        again = await person.open(token)
        async with (
            entering(settings, keys) as other,
            at_the_desk(entry.url) as thief,
            at_the_desk(other.url) as second_thief,
        ):
            refused = [await thief.open(token), await second_thief.open(token)]

    assert again.status_code == 303
    for answer in refused:
        assert answer.status_code == 403
        assert "used on another device already" in text_of(answer.text)
        assert "livecount-entry" not in answer.headers.get("set-cookie", "")
    noted = await audit(settings, "refused")
    assert [(each.who, each.person, each.status) for each in noted] == [
        ("ann-able", "Ann Able", 403)
    ] * 2


async def test_of_two_devices_at_two_processes_at_once_one_has_the_invitation(
    settings: Settings, keys: Path
) -> None:
    """Every process, also one that starts later, agrees which."""
    token = invited(keys, "ann-able")
    async with AsyncExitStack() as stack:
        entries = [await stack.enter_async_context(entering(settings, keys)) for _ in range(2)]
        devices = [
            await stack.enter_async_context(at_the_desk(entries[number % 2].url))
            for number in range(6)
        ]
        for each in devices:
            await each.get("/invitation")
        form = {"key": token}
        answers = await asyncio.gather(
            *(each.client.post("/invitation", data=form, headers=SAME_SITE) for each in devices)
        )
        later = await stack.enter_async_context(entering(settings, keys))
        again = []
        for each in devices:
            url = f"{later.url}/invitation"
            again.append(await each.client.post(url, data=form, headers=SAME_SITE))

    first = [answer.status_code for answer in answers]
    assert sorted(first) == [303, 403, 403, 403, 403, 403]
    assert [answer.status_code for answer in again] == first


async def test_whose_an_invitation_is_outlives_a_process_that_is_killed(
    settings: Settings, keys: Path, process: Process, eventually: Eventually
) -> None:
    """Its device signs in again at the next one, and any other is refused there."""
    token = invited(keys, "ann-able")
    (port,) = free_ports(1, random.SystemRandom())
    running = process("entry", "run", entry_port=str(port), keys_file=str(keys))
    async with at_the_desk(f"http://127.0.0.1:{port}") as person:

        async def is_ready() -> bool:
            try:
                return (await person.get("/health/ready")).text == "ok"
            except httpx.TransportError:
                return False

        await eventually(is_ready)
        first = await person.open(token)
        running.kill()
        async with entering(settings, keys) as later, at_the_desk(later.url) as thief:
            refused = await thief.open(token)
            url = f"{later.url}/invitation"
            again = await person.client.post(url, data={"key": token}, headers=SAME_SITE)

    assert [each.status_code for each in (first, refused, again)] == [303, 403, 303]


async def test_entry_does_not_start_without_its_topic_and_says_which_command_makes_it(
    settings: Settings, keys: Path
) -> None:
    """As after an upgrade."""
    await remove(settings, Topics(settings.namespace).sessions)
    with pytest.raises(KafkaUnavailableError, match="sessions does not exist; run `livecount top"):
        async with entering(settings, keys):
            pass


async def test_one_device_is_one_stringers(settings: Settings, keys: Path) -> None:
    """One phone cannot agree with itself; the desk's people may share a machine."""
    ann, bob = invited(keys, "ann-able"), invited(keys, "bob-baker")
    eve = invited(keys, "eve-evans", "viewer")
    async with entering(settings, keys) as entry, at(entry.url, ann) as phone:
        refused = await phone.open(bob)
        viewer = await phone.open(eve)
        async with at_the_desk(entry.url) as own:
            answer = await own.open(bob)

    assert refused.status_code == 403
    assert "on a device of your own" in text_of(refused.text)
    assert viewer.status_code == answer.status_code == 303


async def test_a_browser_without_cookies_claims_nothing(settings: Settings, keys: Path) -> None:
    """It could not be known again; the invitation stays good."""
    token = invited(keys, "ann-able")
    async with entering(settings, keys) as entry, at_the_desk(entry.url) as person:
        refused = await person.send("/invitation", {"key": token})
        answer = await person.open(token)

    assert refused.status_code == 403
    assert "Allow cookies" in text_of(refused.text)
    assert answer.status_code == 303


@pytest.mark.parametrize("how", ["revoked", "expired", "unknown", "a source's", "the desk's"])
async def test_what_is_no_valid_invitation_lets_nobody_in(
    settings: Settings, keys: Path, how: str
) -> None:
    """And the audit says whose it was, if it was somebody's."""
    token = invited(keys, "ann-able", "viewer")
    match how:
        case "revoked":
            revoke_key(keys, "ann-able", uk_now(), "ops")
        case "expired":
            before = uk_now() - timedelta(days=9)
            over = {"added": before, "expires": before + timedelta(days=1)}
            token = invited(keys, "bob-baker", **over)
        case "unknown":
            token = "ann-able.x"  # noqa: S105 -- none
        case "a source's":
            token = added(keys, "agency")
        case _:
            token = added(keys, "desk-2", role="desk")
    async with entering(settings, keys) as entry, at_the_desk(entry.url) as person:
        answer = await person.open(token)

    assert answer.status_code == 403
    (noted,) = await audit(settings, "refused")
    whose = {"revoked": "ann-able", "expired": "bob-baker", "unknown": "", "a source's": "agency"}
    assert noted.who == whose.get(how, "desk-2")
    if how in {"revoked", "expired"}:
        assert how in noted.result
        assert how not in text_of(answer.text)


async def test_an_invitation_does_not_open_the_desks_door(settings: Settings, keys: Path) -> None:
    """There whoever signs in says who they are, and no device is noted."""
    token = invited(keys, "ann-able", "desk")
    async with entering(settings, keys) as entry, at_the_desk(entry.url) as person:
        answer = await person.sign_in(token, "Somebody Else")

    assert answer.status_code == 403
    assert "is an invitation; open its link" in text_of(answer.text)


@pytest.mark.usefixtures("held")
async def test_whoever_signed_in_at_one_process_is_known_at_every_other(
    settings: Settings, keys: Path
) -> None:
    """Pages, forms and what came of a decision may each be another's."""
    token = invited(keys, "ann-able", "desk")
    async with (
        entering(settings, keys) as one,
        entering(settings, keys) as two,
        at(one.url, token) as person,
    ):
        form = hidden((await person.get(f"{one.url}/desk/{NORTHERN}")).text)
        fields = form | {"decision": f"accept {content(NORTH)}", "reason": "the sheet says so"}
        sent = await person.client.post(
            f"{two.url}/desk/{NORTHERN}", data=fields, headers=SAME_SITE
        )
        told = await person.get(f"{one.url}{sent.headers['location']}")

    assert sent.status_code == 303
    assert "Decided: North, Barsetshire: CON 1" in text_of(told.text)


async def test_whoever_signs_out_is_signed_out_everywhere(
    settings: Settings, keys: Path, eventually: Eventually
) -> None:
    """Also where the cookie was kept by somebody."""
    token = invited(keys, "ann-able", "viewer")
    async with (
        entering(settings, keys) as one,
        entering(settings, keys) as two,
        at(one.url, token) as person,
        at_the_desk(one.url) as thief,
    ):
        thief.client.cookies = httpx.Cookies(person.client.cookies)
        form = hidden((await person.get("/desk")).text)
        await person.send("/sign-out", form)

        async def is_out() -> bool:
            return (await thief.get(f"{two.url}/desk")).url.path == "/sign-in"

        await eventually(is_out)
        here = await thief.get("/desk")
        async with entering(settings, keys) as later:
            there = await thief.get(f"{later.url}/desk")

    assert here.url.path == there.url.path == "/sign-in"


async def test_whoever_signs_in_again_ends_the_session_before(
    settings: Settings, keys: Path
) -> None:
    """Whoever has kept its cookie is out; the new one goes on."""
    token = invited(keys, "ann-able", "viewer")
    async with (
        entering(settings, keys) as entry,
        at(entry.url, token) as person,
        at_the_desk(entry.url) as thief,
    ):
        thief.client.cookies = httpx.Cookies(person.client.cookies)
        before = await thief.get("/desk")
        await person.open(token)
        after = await thief.get("/desk")
        own = await person.get("/desk")

    assert before.url.path == own.url.path == "/desk"
    assert after.url.path == "/sign-in"


async def test_a_session_is_its_devices_only(settings: Settings, keys: Path) -> None:
    """A cookie that is taken to another browser lets nobody in there."""
    token = invited(keys, "ann-able", "viewer")
    async with (
        entering(settings, keys) as entry,
        at(entry.url, token) as person,
        at_the_desk(entry.url) as thief,
    ):
        thief.client.cookies.set("livecount-entry", person.client.cookies["livecount-entry"])
        page = await thief.get("/desk")

    assert page.url.path == "/sign-in"


async def test_whoever_is_revoked_is_out_at_once(
    settings: Settings, keys: Path, eventually: Eventually
) -> None:
    """Within the two seconds in which the file is read again, and stays out with their link."""
    token = invited(keys, "ann-able", "viewer")
    async with entering(settings, keys) as entry, at(entry.url, token) as person:
        assert (await person.get("/desk")).status_code == 200
        revoke_key(keys, "ann-able", uk_now(), "ops")

        async def is_out() -> bool:
            return (await person.get("/desk")).url.path == "/sign-in"

        await eventually(is_out)
        answer = await person.open(token)

    assert answer.status_code == 403


async def test_one_person_cannot_take_the_place_of_others(settings: Settings, keys: Path) -> None:
    """Too many requests answer 429, and when to go on; somebody else is served meanwhile."""
    ann, bob = invited(keys, "ann-able", "viewer"), invited(keys, "bob-baker", "viewer")
    async with (
        entering(settings, keys) as entry,
        at(entry.url, ann) as busy,
        at(entry.url, bob) as other,
    ):
        # All at once: one after the other, a busy machine may not be fast enough to be refused.
        asked = (busy.client.get("/desk") for _ in range(PER_MINUTE + 20))
        answers = await asyncio.gather(*asked)
        served = await other.client.get("/desk")

    slowed = [each for each in answers if each.status_code == 429]
    assert slowed
    assert int(slowed[0].headers["retry-after"]) >= 1
    assert "requests a minute" in text_of(slowed[0].text)
    assert served.status_code == 200
    noted = await audit(settings, "refused")
    assert {(each.who, each.status) for each in noted} >= {("ann-able", 429)}


async def test_a_key_does_not_sign_in_without_end(settings: Settings, keys: Path) -> None:
    """Nobody fills the audit with it; another key is let in meanwhile."""
    ann, bob = invited(keys, "ann-able", "viewer"), invited(keys, "bob-baker", "viewer")
    async with entering(settings, keys) as entry, at(entry.url, ann) as busy:
        form = {"key": ann}
        answers = [
            await busy.client.post("/invitation", data=form, headers=SAME_SITE)
            for _ in range(SIGN_INS_PER_MINUTE + 10)
        ]
        async with at_the_desk(entry.url) as other:
            served = await other.open(bob)

    slowed = [each for each in answers if each.status_code == 429]
    assert slowed
    assert int(slowed[0].headers["retry-after"]) >= 1
    assert "sign-ins a minute" in text_of(slowed[0].text)
    assert served.status_code == 303


async def test_admins_see_who_did_what_and_names_are_never_markup(
    settings: Settings, keys: Path, eventually: Eventually
) -> None:
    """The newest first, narrowed down by person and by what was done."""
    token = invited(keys, "ann-able", "admin")
    odd = invited(keys, "mallory", "viewer", person="<b>Mallory</b><script src=x>")
    async with (
        entering(settings, keys) as entry,
        at(entry.url, odd) as mallory,
        at(entry.url, token) as person,
    ):
        await mallory.get("/audit")
        shown = (await mallory.get("/desk")).text

        async def all_of_it() -> str:
            page = (await person.get("/audit")).text
            return page if "GET /audit: not for the role viewer" in page else ""

        page = str(await eventually(all_of_it))
        narrowed = text_of((await person.get("/audit?who=ann&action=signed+in")).text)
        nothing = text_of((await person.get("/audit?who=nobody")).text)

    for each in (page, shown):
        assert "<b>Mallory" not in each
        assert "<script src=x" not in each
        assert "&lt;b&gt;Mallory&lt;/b&gt;" in each
    rows = [text_of(row) for row in page.partition("<tbody>")[2].split("<tr>")[1:]]
    assert "not for the role viewer" in rows[0]
    assert rows[-1].split()[3:5] == ["entry", "keys"]
    assert "ann-able (Ann Able) signed in" in narrowed
    assert "Mallory" not in narrowed
    assert "Nothing fits." in nothing


async def test_a_cookie_of_a_person_is_written_anew_and_never_by_a_page_that_reloads_itself(
    settings: Settings, keys: Path
) -> None:
    """Otherwise a screen that nobody looks at would stay signed in."""
    token = invited(keys, "ann-able", "viewer")
    async with entering(settings, keys) as entry, at(entry.url, token) as person:
        page = (await person.get("/desk")).text
        cookies = person.client.cookies
        device = device_id(cookies["livecount-device"])
        session = entry.context.sessions.find(cookies["livecount-entry"], device)
        assert session is not None
        earlier = session.model_copy(update={"used_s": session.used_s - 120})
        for path, is_use in (("/desk?again=1", False), ("/desk/live", False), ("/desk", True)):
            sealed = entry.context.sessions.sealed(earlier)
            cookies.set("livecount-entry", sealed, domain="127.0.0.1")
            async with person.client.stream("GET", path) as answer:
                assert answer.status_code == 200
                assert ("livecount-entry" in answer.headers.get("set-cookie", "")) == is_use

    assert 'content="15; url=/desk?again=1"' in page
