"""A stringer says that there is no poll, and the desk decides, with a real Kafka."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import get_args

import pytest

from election.evidence.no_poll import content_of_no_poll
from services.access.keys_edit import set_policy
from services.access.second_entry.policy import Policy, SecondEntry
from services.platform.settings import Settings
from tests.support.entering import Desk, at_the_desk, entering, text_of
from tests.support.intake_log import log
from tests.support.keys import invited
from tests.support.polls import CON, LAB, LD, ballot, opened, ward
from tests.support.stringing import at_the_count

Eventually = Callable[..., Awaitable[object]]

NORTH, EAST = ballot("north"), ballot("east")
OPENING = opened(
    ward("north", 1, {CON: 1, LAB: 1}),
    ward("east", 3, {CON: 2, LAB: 1}),
    total=60,
    not_up={CON: 20, LAB: 20, LD: 16},
)
WAITS = "It moves seats without a vote, and waits for the desk"


async def shows(desk: Desk, path: str, words: str) -> bool:
    """Returns whether a page says something."""
    return words in text_of((await desk.get(path)).text)


@pytest.mark.usefixtures("night")
@pytest.mark.parametrize("policy", get_args(get_args(SecondEntry)[0]))
async def test_no_poll_waits_for_the_desk_under_every_policy(  # noqa: PLR0913, PLR0917 -- fixtures
    settings: Settings,
    keys: Path,
    token: str,
    desk_token: str,
    eventually: Eventually,
    policy: SecondEntry,
) -> None:
    """Also of two; once the desk accepts it, it counts, and each sees that of their own."""
    set_policy(keys, Policy(second_entry=policy))
    other = invited(keys, "stringer-2", person="Bea Best")
    async with (
        entering(settings, keys) as entry,
        at_the_count(entry.url, token) as ann,
        at_the_count(entry.url, other) as bea,
        at_the_desk(entry.url, desk_token) as desk,
    ):
        form = text_of((await ann.ward(EAST)).text)
        checked = await ann.notice(EAST, "uncontested")
        first = await ann.press_send(checked)
        second = await bea.press_send(await bea.notice(EAST, "uncontested"))
        listed = text_of((await ann.get("/wards")).text)
        await eventually(partial(shows, desk, "/desk", "East, Barsetshire"))
        waiting = text_of((await desk.get(f"/desk/{EAST}")).text)
        accept = f"accept {content_of_no_poll('uncontested')}"
        decided = await desk.decide(EAST, accept, "the notice of poll says so")
        await eventually(partial(shows, ann, f"/wards/{EAST}/sent", "Received. Counted."))
        left = text_of((await desk.get("/desk")).text)

    assert "it counts only once the desk has accepted it" in form
    assert WAITS in text_of(checked.text)
    for sent in (first, second):
        assert "Received. Being checked." in text_of(sent.text)
        assert WAITS in text_of(sent.text)
        assert "You sent: East: no poll, as nobody else stands" in text_of(sent.text)
        assert "stringer-" not in text_of(sent.text).partition("Signed in")[0]
    assert "Being checked" in listed
    assert "no poll: uncontested, whoever stands is elected" in waiting
    assert "Decided: East, Barsetshire: elected without a poll" in text_of(decided.text)
    assert "East, Barsetshire" not in left


@pytest.mark.usefixtures("night")
async def test_what_the_desk_refuses_is_set_aside_and_the_result_counts(
    settings: Settings, keys: Path, token: str, desk_token: str, eventually: Eventually
) -> None:
    """The stringer sees it, and enters what was declared after all."""
    async with (
        entering(settings, keys) as entry,
        at_the_count(entry.url, token) as ann,
        at_the_desk(entry.url, desk_token) as desk,
    ):
        await ann.press_send(await ann.notice(NORTH, "countermanded"))
        await eventually(partial(shows, desk, "/desk", "North, Barsetshire"))
        await desk.decide(NORTH, f"refuse {content_of_no_poll('countermanded')}", "they polled")
        path = f"/wards/{NORTH}/sent"
        await eventually(partial(shows, ann, path, "Set aside by the desk"))
        declared = await ann.declare(NORTH, votes_0="480", votes_1="520")

    assert "Received. Counted." in text_of(declared.text)


@pytest.mark.usefixtures("night")
async def test_no_poll_is_taken_back_without_the_desk(
    settings: Settings, keys: Path, token: str, desk_token: str
) -> None:
    """It is one press, and sent twice it is one word; nothing waits any more."""
    async with (
        entering(settings, keys) as entry,
        at_the_count(entry.url, token) as ann,
        at_the_desk(entry.url, desk_token) as desk,
    ):
        checked = await ann.notice(NORTH, "countermanded")
        for _ in range(2):
            await ann.press_send(checked)
        taken = await ann.take_back(NORTH)
        late = await ann.press_send(checked)
        listed = text_of((await desk.get("/desk")).text)

    assert "Received. Taken back." in text_of(taken.text)
    assert late.status_code == 409
    assert "North, Barsetshire" not in listed
    messages = {dict(each.headers)["ce_id"] for each in (await log(settings))[1:]}
    assert len(messages) == 2


@pytest.mark.usefixtures("night")
async def test_no_poll_is_offered_where_it_can_be(
    settings: Settings, keys: Path, token: str
) -> None:
    """Not that nobody else stands where more stand than there are seats, nor beside a result."""
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        contested = (await ann.ward(NORTH)).text
        uncontested = (await ann.ward(EAST)).text
        refused = await ann.notice(NORTH, "uncontested")
        await ann.declare(NORTH, votes_0="480", votes_1="520")
        sent = (await ann.ward(NORTH)).text

    assert 'value="countermanded"' in contested
    assert 'value="uncontested"' not in contested
    assert 'value="uncontested"' in uncontested
    assert refused.status_code == 422
    assert 'value="countermanded"' not in sent
