"""People sign in by a real identity provider, and may do what their groups let them."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from services.access.keys_edit import block_person
from services.access.people import Blocked
from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from tests.support.entering import at_the_desk, entering, text_of
from tests.support.false_provider import FalseProvider, false_provider
from tests.support.keys import audit
from tests.support.polls import ballot
from tests.support.signing_in import come_back, provided, sign_in_as
from tests.support.sources import content
from tests.support.waiting_night import NIGHT, NORTH

Eventually = Callable[..., Awaitable[object]]

GROUPS = """
[[groups]]
group = "night-desk"
role = "desk"

[[groups]]
group = "stringers-camden"
role = "stringer"
councils = ["camden"]
"""


@pytest.fixture
def keys(keys: Path) -> Path:
    """A file with what groups may do, and no key."""
    keys.write_text(GROUPS)
    return keys


@pytest.fixture
async def newsroom(settings: Settings, eventually: Eventually) -> AsyncIterator[Settings]:
    """The settings of an entry beside a running provider."""
    async with provided(settings, eventually) as own:
        yield own


async def test_somebody_of_the_desks_group_decides_under_their_own_name(
    newsroom: Settings, keys: Path
) -> None:
    """The log and the audit have their name and an id that is nobody else's."""
    async with DeclarationProducer(newsroom) as producer:
        await producer.publish_all(NIGHT)
    async with entering(newsroom, keys) as entry, at_the_desk(entry.url) as ann:
        offered = await ann.get("/sign-in")
        arrived = await sign_in_as(ann, "ann")
        page = await ann.get("/desk")
        decided = await ann.decide(ballot("north"), f"accept {content(NORTH)}", "the sheet")

    assert "Sign in with the newsroom’s account" in text_of(offered.text)
    assert arrived.status_code == 200
    assert 'content="0; url=/desk"' in arrived.text
    assert "Signed in as Ann Able (oidc-" in text_of(page.text)
    assert "Decided: North, Barsetshire: CON 1" in text_of(decided.text)
    whose = {(each.who, each.person) for each in await audit(newsroom) if each.person}
    ((who, person),) = whose
    assert person == "Ann Able"
    assert who.startswith("oidc-")


async def test_a_stringer_by_their_group_has_a_device_of_their_own(
    newsroom: Settings, keys: Path
) -> None:
    """Another may not use it; names are never markup, and have no brackets."""
    async with (
        entering(newsroom, keys) as entry,
        at_the_desk(entry.url) as phone,
        at_the_desk(entry.url) as own,
    ):
        first = await sign_in_as(phone, "bob")
        desk = await phone.get("/desk")
        forget_provider(phone.client)
        refused = await sign_in_as(phone, "cat")
        second = await sign_in_as(own, "cat")

    assert 'content="0; url=/wards"' in first.text
    assert "<b>Baker" not in first.text
    assert "Bob &lt;b&gt;Baker&lt;/b&gt; Camden (oidc-" in first.text
    assert desk.status_code == 403
    assert refused.status_code == 403
    assert "on a device of your own" in text_of(refused.text)
    assert 'content="0; url=/wards"' in second.text


def forget_provider(client: httpx.AsyncClient) -> None:
    """Signs out at the provider."""
    for cookie in list(client.cookies.jar):
        if cookie.domain.startswith("localhost"):
            client.cookies.delete(cookie.name, cookie.domain, cookie.path)


async def test_whoever_is_in_no_group_or_blocked_is_not_let_in(
    newsroom: Settings, keys: Path, eventually: Eventually
) -> None:
    """The audit has who tried, and whoever is blocked while signed in is out within seconds."""
    async with (
        entering(newsroom, keys) as entry,
        at_the_desk(entry.url) as eve,
        at_the_desk(entry.url) as ann,
    ):
        nobody = await sign_in_as(eve, "eve")
        await sign_in_as(ann, "ann")
        (signed_in,) = await eventually_noted(newsroom, eventually, "signed in")
        block_person(keys, Blocked(person=signed_in))

        async def is_out() -> bool:
            return (await ann.get("/desk")).url.path == "/sign-in"

        await eventually(is_out)
        blocked = await sign_in_as(ann, "ann")

    assert (nobody.status_code, blocked.status_code) == (403, 403)
    assert "You are in no group" in text_of(nobody.text)
    assert "You are not let in here any more" in text_of(blocked.text)
    refused = await audit(newsroom, "refused")
    assert [(each.person, each.status) for each in refused] == [
        ("Eve Evans", 403),
        ("Ann Able", 403),
    ]


async def eventually_noted(settings: Settings, eventually: Eventually, action: str) -> list[str]:
    """Returns who did something, once the audit has it."""

    async def found() -> list[str]:
        return [each.who for each in await audit(settings, action)]

    return list(await eventually(found))  # type: ignore[call-overload]


async def test_what_comes_back_is_taken_once_and_only_where_it_began(
    newsroom: Settings, keys: Path
) -> None:
    """Not with another state, in another browser, a second time, nor without a beginning."""
    async with (
        entering(newsroom, keys) as entry,
        at_the_desk(entry.url) as ann,
        at_the_desk(entry.url) as mallory,
    ):
        target = await come_back(ann, "ann")
        without = await mallory.client.get(target)
        await mallory.client.get("/sign-in/provider")
        elsewhere = await mallory.client.get(target)
        changed = await ann.client.get(target.replace("state=", "state=x"))
        arrived = await ann.client.get(target)
        again = await ann.client.get(target)
        denied = await mallory.client.get("/sign-in/provider/back?error=access_denied")

    answers = [without, elsewhere, changed, again, denied]
    assert [each.status_code for each in answers] == [403] * 5
    assert arrived.status_code == 200


async def test_the_provider_is_asked_with_pkce_state_and_nonce(
    newsroom: Settings, keys: Path
) -> None:
    """And for no more than it has and is needed; what was begun is not for scripts."""
    async with entering(newsroom, keys) as entry, at_the_desk(entry.url) as ann:
        answer = await ann.client.get("/sign-in/provider")

    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"code_challenge", "state", "nonce"} <= asked.keys()
    assert asked["scope"] == ["openid profile groups"]
    assert asked["response_type"] == ["code"]
    # At least 128 bits each, as a letter has 6 at most.
    assert all(len(asked[each][0]) >= 22 for each in ("code_challenge", "state", "nonce"))
    cookie = answer.headers["set-cookie"]
    assert "livecount-begun=" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def beside(settings: Settings, provider: FalseProvider) -> Settings:
    """Returns the settings of an entry beside a provider that says what a test has it say."""
    return settings.model_copy(
        update={
            "entry_url": "http://127.0.0.1",
            "entry_port": 0,
            "oidc_issuer": provider.issuer,
            "oidc_client_id": "livecount",
            "oidc_client_secret": SecretStr("a-secret"),
        }
    )


def forged(provider: FalseProvider, nonce: str, how: str) -> str:
    """Returns an ID token, sound but for one thing."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": provider.issuer,
        "sub": "ann",
        "aud": "livecount",
        "iat": now,
        "exp": now + 600,
        "nonce": nonce,
        "name": "Ann Able",
        "groups": ["night-desk"],
    }
    algorithm, key = "RS256", provider.key
    match how:
        case "unsigned":
            head, body = (
                urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=")
                for each in ({"alg": "none"}, claims)
            )
            return f"{head}.{body}."
        case "by another key":
            key = RSAKey.generate_key(2_048, parameters={"kid": "own"})
        case "for somebody else":
            claims["aud"] = "another-client"
        case "by somebody else":
            claims["iss"] = "https://elsewhere.example"
        case "for another sign-in":
            claims["nonce"] = "another"
        case "too late":
            claims |= {"iat": now - 7_200, "exp": now - 3_600}
        case "of nobody":
            claims["sub"] = ""
        case "with another's groups":
            del claims["groups"]
            provider.more = {"sub": "bob", "groups": ["night-desk"]}
        case "with groups beside it":
            del claims["groups"]
            provider.more = {"sub": "ann", "groups": ["night-desk"]}
    return jwt.encode({"alg": algorithm, "kid": "own"}, claims, key)


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("sound", 200),
        ("with groups beside it", 200),
        ("unsigned", 403),
        ("by another key", 403),
        ("for somebody else", 403),
        ("by somebody else", 403),
        ("for another sign-in", 403),
        ("too late", 403),
        ("of nobody", 403),
        ("with another's groups", 403),
        ("that is missing", 403),
    ],
)
async def test_an_id_token_is_taken_only_if_all_of_it_is_right(
    settings: Settings, keys: Path, how: str, status: int
) -> None:
    """Whatever the provider offers; nobody is signed in by any other."""
    async with false_provider() as provider:
        own = beside(settings, provider)
        async with entering(own, keys) as entry, at_the_desk(entry.url) as ann:
            began = await ann.client.get("/sign-in/provider")
            asked = parse_qs(urlsplit(began.headers["location"]).query)
            if how != "that is missing":
                provider.id_token = forged(provider, asked["nonce"][0], how)
            back = {"code": "x", "state": asked["state"][0]}
            answer = await ann.client.get("/sign-in/provider/back", params=back)
            page = await ann.get("/desk")

    assert answer.status_code == status
    assert page.url.path == ("/desk" if status == 200 else "/sign-in")


async def test_a_cookie_for_one_purpose_is_taken_for_no_other(
    settings: Settings, keys: Path
) -> None:
    """What was begun at the provider is no session, and a session begins nothing there."""
    async with false_provider() as provider:
        own = beside(settings, provider)
        async with entering(own, keys) as entry, at_the_desk(entry.url) as ann:
            began = await ann.client.get("/sign-in/provider")
            asked = parse_qs(urlsplit(began.headers["location"]).query)
            begun = ann.client.cookies["livecount-begun"]
            provider.id_token = forged(provider, asked["nonce"][0], "sound")
            back = {"code": "x", "state": asked["state"][0]}
            arrived = await ann.client.get("/sign-in/provider/back", params=back)
            session = ann.client.cookies["livecount-entry"]
            ann.client.cookies.set("livecount-begun", session, domain="127.0.0.1")
            as_begun = await ann.client.get("/sign-in/provider/back", params=back)
            ann.client.cookies.set("livecount-entry", begun, domain="127.0.0.1")
            page = await ann.get("/desk")

    assert arrived.status_code == 200
    assert as_begun.status_code == 403
    assert "has not begun to sign in here" in text_of(as_begun.text)
    assert page.url.path == "/sign-in"


async def test_a_provider_that_names_itself_otherwise_is_not_used(
    settings: Settings, keys: Path
) -> None:
    """It may be another's."""
    async with false_provider() as provider:
        provider.calls_itself = "https://elsewhere.example"
        own = beside(settings, provider)
        async with entering(own, keys) as entry, at_the_desk(entry.url) as ann:
            answer = await ann.client.get("/sign-in/provider")

    assert answer.status_code == 503


async def test_without_its_provider_entry_says_so_and_serves_everybody_else(
    settings: Settings, keys: Path
) -> None:
    """A provider that is away, or names itself otherwise, signs nobody in."""
    away = settings.model_copy(
        update={
            "entry_url": "http://127.0.0.1",
            "entry_port": 0,
            "oidc_issuer": "http://localhost:1",
            "oidc_client_id": "livecount",
        }
    )
    async with entering(away, keys) as entry, at_the_desk(entry.url) as ann:
        answer = await ann.client.get("/sign-in/provider")
        page = await ann.get("/sign-in")

    assert answer.status_code == 503
    assert "does not answer" in text_of(answer.text)
    assert page.status_code == 200


async def test_without_a_provider_there_is_no_such_page(settings: Settings, keys: Path) -> None:
    """Neither the link to it."""
    async with entering(settings, keys) as entry, at_the_desk(entry.url) as ann:
        answer = await ann.client.get("/sign-in/provider")
        page = await ann.get("/sign-in")

    assert answer.status_code == 404
    assert "newsroom’s account" not in page.text
