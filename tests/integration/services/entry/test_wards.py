"""A stringer says what was declared on a page, with a real Kafka."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from schemas.council import Nominee
from services.access.keys_edit import set_policy
from services.access.second_entry.policy import Policy
from services.intake.producer import DeclarationProducer
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.entering import Desk, entering, hidden, text_of
from tests.support.intake_log import log
from tests.support.keys import added, audit, invited
from tests.support.polls import CON, LAB, LD, ballot, noticed, opened, ward
from tests.support.sources import by, content, decision, result
from tests.support.stringing import Stringer, at_the_count

Process = Callable[..., Any]
Eventually = Callable[..., Awaitable[object]]

NORTH, SOUTH, EAST = ballot("north"), ballot("south"), ballot("east")
OPENING = opened(
    ward("south", 1, {CON: 1, LAB: 1}, expected_at=datetime(2026, 5, 8, 2, tzinfo=UTC)),
    ward("north", 1, {CON: 1, LAB: 1}, expected_at=datetime(2026, 5, 8, 1, tzinfo=UTC)),
    ward("east", 3, {CON: 3, LAB: 3, LD: 1}),
    # So that no single ward decides control.
    total=60,
    not_up={CON: 28, LAB: 27},
)


async def said(settings: Settings) -> list[dict[str, Any]]:
    """Returns what was said of wards, in the order of the log."""
    events = [json.loads(each.value) for each in await log(settings)]
    return [each for each in events if each["type"] in {"ward.declared", "ward.status"}]


async def reads(stringer: Stringer, path: str, words: str) -> bool:
    """Returns whether a page says something."""
    return words in text_of((await stringer.get(path)).text)


@pytest.mark.usefixtures("night")
async def test_a_result_is_read_back_sent_and_counted(
    settings: Settings, keys: Path, token: str
) -> None:
    """It is the word of the key in the log; the audit has the person who typed it."""
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        listed = text_of((await ann.get("/wards")).text)
        checked = await ann.check_sheet(NORTH, votes_0="480", votes_1="520")
        unsent = await said(settings)
        answer = await ann.press_send(checked)
        after = text_of((await ann.get("/wards")).text)

    assert listed.index("North") < listed.index("South") < listed.index("East")
    assert "North: LAB, majority 40" in text_of(checked.text)
    assert unsent == []
    assert answer.url.path == f"/wards/{NORTH}/sent"
    assert "Received. Counted." in text_of(answer.text)
    assert "You sent: North: LAB, majority 40" in text_of(answer.text)
    assert "Next: South" in text_of(answer.text)
    assert "North 1 seat, expected 02.00 Counted" in after
    (event,) = await said(settings)
    assert (event["source_id"], event["revision"]) == ("stringer-1", 1)
    assert [each["votes"] for each in event["candidates"]] == [480, 520]
    (entry_of_it,) = await audit(settings, "declared")
    assert (entry_of_it.who, entry_of_it.person) == ("stringer-1", "Ann Able")
    assert entry_of_it.about[0].ballot_paper_id == NORTH


@pytest.mark.usefixtures("night")
async def test_the_same_form_sent_again_is_one_word(
    settings: Settings, keys: Path, token: str
) -> None:
    """As by a phone that lost the answer: it is the same message, and counts once."""
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        checked = await ann.check_sheet(NORTH, votes_0="480", votes_1="520")
        answers = [await ann.press_send(checked) for _ in range(3)]
        together = await asyncio.gather(*(ann.press_send(checked) for _ in range(3)))

    assert {each.url.path for each in (*answers, *together)} == {f"/wards/{NORTH}/sent"}
    messages = {dict(each.headers)["ce_id"] for each in (await log(settings))[1:]}
    assert len(messages) == 1
    assert {each["revision"] for each in await said(settings)} == {1}


@pytest.mark.usefixtures("night")
async def test_a_result_is_corrected_and_taken_back(
    settings: Settings, keys: Path, token: str
) -> None:
    """The form has what was sent; each is the next revision of the same source."""
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        await ann.declare(NORTH, votes_0="480", votes_1="520", ballots="1010")
        form = (await ann.ward(NORTH)).text
        corrected = await ann.declare(NORTH, votes_0="490", votes_1="520", ballots="1010")
        taken = await ann.take_back(NORTH)
        listed = text_of((await ann.get("/wards")).text)

    assert 'name="votes-0"' in form
    assert 'value="480"' in form
    assert 'value="1010"' in form
    assert "You sent: North: LAB, majority 30" in text_of(corrected.text)
    assert "Received. Taken back." in text_of(taken.text)
    assert "expected 02.00 To declare" in listed
    assert [each["revision"] for each in await said(settings)] == [1, 2, 3]


@pytest.mark.usefixtures("night")
async def test_an_older_form_does_not_undo_a_correction(
    settings: Settings, keys: Path, token: str
) -> None:
    """As of a phone that comes back after another one sent: it says so, and sends nothing."""
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        late = await ann.check_sheet(NORTH, votes_0="480", votes_1="520")
        await ann.declare(NORTH, votes_0="490", votes_1="520")
        answer = await ann.press_send(late)

    assert answer.status_code == 409
    assert "Something else was sent of this ward under your key" in text_of(answer.text)
    assert len(await said(settings)) == 1


@pytest.mark.usefixtures("night")
async def test_what_looks_like_a_slip_is_said_before_sending(
    settings: Settings, keys: Path, token: str
) -> None:
    """By the checks that hold it afterwards, which the page then says, too."""
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        checked = await ann.check_sheet(NORTH, votes_0="480", votes_1="5200", ballots="1000")
        answer = await ann.press_send(checked)

    assert "more than 1,000 ballot papers with 1 votes each" in text_of(checked.text)
    assert "check votes and ballot papers" in text_of(checked.text)
    assert "Received. Being checked." in text_of(answer.text)
    assert "more than 1,000 ballot papers" in text_of(answer.text)


@pytest.mark.usefixtures("night")
@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({}, "Give the votes, or mark who is elected, or both."),
        ({"votes_0": "480"}, "Votes of PP53 1 (LAB) are missing"),
        ({"votes_0": "0", "votes_1": "0"}, "Nobody has a vote"),
        (
            {"votes_0": "480", "votes_1": "520"},
            "Mark who is elected, as it is declared: 0 of 1 seat",
        ),
        ({"votes_0": "4e2", "votes_1": "1"}, "is no number of votes"),
        ({"elected_0": "yes", "elected_1": "yes"}, "2 elected for 1 seats"),
        ({"votes_0": "1", "votes_1": "2", "turnout": "lots"}, "is no percentage"),
        ({"people": "x", "votes_0": "1", "votes_1": "2"}, "The nominations have changed"),
        (
            {"revision": "7", "votes_0": "1", "votes_1": "2", "elected_1": "yes"},
            "Something else was sent",
        ),
        ({"say": "something"}, "something"),
    ],
)
async def test_what_is_no_result_says_why_and_keeps_what_was_typed(
    settings: Settings, keys: Path, token: str, given: dict[str, str], fault: str
) -> None:
    """Nothing of it is sent."""
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        answer = await ann.check(NORTH, **given)

    assert answer.status_code in {409, 422}
    assert fault in text_of(answer.text)
    assert given.get("votes_0", "") in answer.text
    assert await said(settings) == []


@pytest.mark.usefixtures("night")
async def test_winners_come_first_and_votes_later(
    settings: Settings, keys: Path, token: str
) -> None:
    """One of three seats is open for the others; then all; then the votes complete it."""
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        first = await ann.check(EAST, elected_0="yes")
        sent = await ann.press_send(first)
        winners = {f"elected_{place}": "yes" for place in range(3)}
        await ann.declare(EAST, **winners)
        votes = {f"votes_{place}": str(900 - 50 * place) for place in range(7)}
        last = await ann.declare(EAST, **winners, **votes)

    assert "East: CON 1, 2 seats to come" in text_of(first.text)
    assert "Received. Counted." in text_of(sent.text)
    assert "Received. Counted." in text_of(last.text)
    part, marks, whole = await said(settings)
    assert [each.get("elected") for each in part["candidates"]] == [True, *[None] * 6]
    assert [each.get("elected") for each in marks["candidates"]] == [*[True] * 3, *[False] * 4]
    assert [each["votes"] for each in whole["candidates"]] == [900, 850, 800, 750, 700, 650, 600]


@pytest.mark.usefixtures("night")
async def test_a_tie_goes_by_lot(settings: Settings, keys: Path, token: str) -> None:
    """Until it is drawn the ward is tied."""
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        tied = await ann.check(NORTH, votes_0="500", votes_1="500")
        drawn = await ann.check(NORTH, votes_0="500", votes_1="500", lot_1="yes")
        sent = await ann.press_send(drawn)

    assert "North: tied for the last seat, waiting for the lot" in text_of(tied.text)
    assert "North: LAB, by lot" in text_of(drawn.text)
    assert "You sent: North: LAB, by lot" in text_of(sent.text)


@pytest.mark.usefixtures("night")
async def test_a_recount_and_a_postponement_are_told(
    settings: Settings, keys: Path, token: str
) -> None:
    """That nobody else stands is no notice where more stand than there are seats."""
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        checked = await ann.notice(NORTH, "recount", nth="2")
        sent = await ann.press_send(checked)
        again = await ann.press_send(checked)
        moved = await ann.notice(NORTH, "uncontested")
        form = (await ann.ward(NORTH)).text
        await ann.press_send(await ann.notice(NORTH, "postponed"))
        listed = text_of((await ann.get("/wards")).text)

    assert "North: second recount" in text_of(checked.text)
    assert "Second recount." in text_of(sent.text)
    assert again.url.path == f"/wards/{NORTH}/sent"
    assert moved.status_code == 422
    assert "uncontested" not in form
    assert "expected 02.00 Postponed" in listed
    told = [(each["status"], each["revision"]) for each in await said(settings)]
    assert told == [("recount", 1), ("recount", 1), ("postponed", 2)]


@pytest.mark.usefixtures("night")
async def test_where_every_result_is_entered_twice_nobody_alone_tells_of_notices(
    settings: Settings, keys: Path, token: str
) -> None:
    """They would not count; results wait for another person."""
    set_policy(keys, Policy(second_entry="always"))
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        form = (await ann.ward(NORTH)).text
        refused = await ann.send(
            f"/wards/{NORTH}", await ann.fields(NORTH) | {"say": "recount", "notice": "0"}
        )
        sent = await ann.declare(NORTH, votes_0="480", votes_1="520")

    assert "postponed" not in form
    assert refused.status_code == 422
    assert "It waits for a second source, or the desk" in text_of(sent.text)


@pytest.mark.usefixtures("night")
async def test_a_second_entry_is_blind(
    settings: Settings, keys: Path, token: str, eventually: Eventually
) -> None:
    """Nothing of another's figures is on any page; before sending not even that they differ."""
    async with (
        entering(settings, keys) as entry,
        at_the_count(entry.url, token) as ann,
        DeclarationProducer(settings) as producer,
    ):
        await producer.publish(by("agency", "final", result("north", 7_311, 4_242)))
        await eventually(partial(reads, ann, "/wards", "Declared by another source"))
        paths = ("/wards", f"/wards/{NORTH}", f"/wards/{NORTH}/sent")
        pages = [(await ann.get(path)).text for path in paths]
        checked = await ann.check_sheet(NORTH, votes_0="4242", votes_1="7311")
        sent = await ann.press_send(checked)

    for page in pages:
        assert all(figure not in page for figure in ("7311", "7,311", "4242", "4,242"))
    assert "Look again" not in checked.text
    assert "Disputed: another source says something else" in text_of(sent.text)


@pytest.mark.usefixtures("night")
async def test_who_says_the_same_is_named_once_it_is_said(
    settings: Settings, keys: Path, token: str, eventually: Eventually
) -> None:
    """The page changes as others speak and the desk decides."""
    async with (
        entering(settings, keys) as entry,
        at_the_count(entry.url, token) as ann,
        DeclarationProducer(settings) as producer,
    ):
        await ann.declare(NORTH, votes_0="480", votes_1="520")
        same = result("north", 480, 520, elected=[1])
        await producer.publish(by("site", "second", same))
        await eventually(partial(reads, ann, f"/wards/{NORTH}/sent", "site says the same"))
        await producer.publish(
            decision("north", ruling="refuse", content=content(same), by="Bea (desk-1)")
        )
        await eventually(partial(reads, ann, f"/wards/{NORTH}/sent", "Set aside by the desk"))


@pytest.mark.usefixtures("night")
async def test_a_stringer_has_their_councils_only(settings: Settings, keys: Path) -> None:
    """Another's ward is neither listed, nor shown, nor taken."""
    token = invited(keys, "elsewhere", person="Ann Able", councils=("barnet",))
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        listed = text_of((await ann.get("/wards")).text)
        answers = [
            await ann.ward(NORTH),
            await ann.get(f"/wards/{NORTH}/sent"),
            await ann.ward("local.barsetshire.nowhere.2026-05-07"),
            await ann.ward("not-a-ballot"),
        ]

    assert "North" not in listed
    assert "No council of yours has been opened yet" in listed
    assert [each.status_code for each in answers] == [403, 403, 404, 404]


@pytest.mark.usefixtures("night")
async def test_each_role_has_its_own_pages(settings: Settings, keys: Path, token: str) -> None:
    """A stringer sees nothing of the desk, where every source's figures are, nor the desk here."""
    desk_token = added(keys, "desk-1", role="desk")
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        home = (await ann.get("/")).url.path
        refused = [(await ann.get(path)).status_code for path in ("/desk", f"/desk/{NORTH}")]
        decided = await ann.send(f"/desk/{NORTH}", {"decision": "clear", "reason": "x"})
        live = (await ann.get("/desk/live")).status_code
        desk = Desk(entry.url)
        async with desk.client:
            await desk.sign_in(desk_token)
            wards = [(await desk.get(path)).status_code for path in ("/wards", f"/wards/{NORTH}")]

    assert home == "/wards"
    assert [*refused, decided.status_code, live, *wards] == [403] * 6


@pytest.mark.usefixtures("night")
async def test_nobody_enters_anything_without_signing_in_or_from_another_site(
    settings: Settings, keys: Path, token: str
) -> None:
    """Every address leads to the page to sign in; a forged form is refused."""
    async with entering(settings, keys) as entry, at_the_count(entry.url) as nobody:
        paths = ("/wards", f"/wards/{NORTH}", f"/wards/{NORTH}/sent")
        asked = [(await nobody.get(path)).url.path for path in paths]
        asked += [
            (await nobody.send(f"/wards/{NORTH}{path}", {"say": "result"})).url.path
            for path in ("", "/send")
        ]
        async with at_the_count(entry.url, token) as ann:
            form = await ann.fields(NORTH) | {"votes-0": "1", "votes-1": "2"}
            forged = await ann.send(f"/wards/{NORTH}/send", form | {"form": "x"})
            foreign = await ann.send(
                f"/wards/{NORTH}/send", form, **{"sec-fetch-site": "cross-site"}
            )

    assert set(asked) == {"/sign-in"}
    assert (forged.status_code, foreign.status_code) == (403, 403)
    assert await said(settings) == []


@pytest.mark.usefixtures("night")
async def test_a_key_sends_no_faster_than_it_may(settings: Settings, keys: Path) -> None:
    """To check as one types costs nothing of it."""
    token = invited(keys, "slow", person="Ann Able", per_minute=1)
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        for votes in range(5):
            await ann.check_sheet(NORTH, votes_0=str(votes + 1), votes_1="520")
        first = await ann.declare(NORTH, votes_0="480", votes_1="520")
        second = await ann.declare(SOUTH, votes_0="480", votes_1="530")

    assert (first.status_code, second.status_code) == (200, 429)
    assert int(second.headers["retry-after"]) > 0
    assert len(await said(settings)) == 1


async def test_names_on_the_ballot_paper_are_text(
    settings: Settings, keys: Path, token: str
) -> None:
    """Also in what was typed, and on every page of the ward."""
    markup = '<img src=x onerror="alert(1)">'
    (south, *_) = OPENING.wards
    nominees = (Nominee(candidate=markup, party=markup), Nominee(candidate="B", party_id=LAB))
    marked = south.model_copy(update={"ward": markup, "candidates": nominees})
    named = OPENING.model_copy(update={"name": markup, "wards": (marked,)})
    async with DeclarationProducer(settings) as producer:
        await producer.publish(named)
    async with entering(settings, keys) as entry, at_the_count(entry.url, token) as ann:
        pages = [await ann.get("/wards"), await ann.ward(SOUTH)]
        pages.append(await ann.check(SOUTH, votes_0=markup, votes_1='"><i>'))
        pages.append(await ann.declare(SOUTH, votes_0="480", votes_1="520"))

    for page in pages:
        assert "<img" not in page.text
        assert '"><i>' not in page.text


@pytest.mark.usefixtures("night")
@pytest.mark.parametrize(
    "at", ["before_entry_is_sent", "after_entry_is_acknowledged", "after_entry_is_read"]
)
async def test_a_word_counts_once_though_entry_was_killed_before_it_answered(  # noqa: PLR0913, PLR0917 -- what it runs with
    settings: Settings,
    keys: Path,
    token: str,
    process: Process,
    eventually: Eventually,
    at: str,
) -> None:
    """The phone sends the same form again, to the process that comes after it."""
    (port,) = free_ports(1, random.SystemRandom())
    url = f"http://127.0.0.1:{port}"
    killed = process("entry", "run", entry_port=str(port), keys_file=str(keys), crash_at=at)
    await eventually(partial(is_ready, url))
    async with at_the_count(url, token) as ann:
        checked = await ann.check_sheet(NORTH, votes_0="480", votes_1="520")
        with pytest.raises(httpx.TransportError):
            await ann.press_send(checked)
        await asyncio.to_thread(killed.end)
        process("entry", "run", entry_port=str(port), keys_file=str(keys))
        await eventually(partial(is_ready, url))
        # Each process signs sessions with a secret of its own here, so the next knows none.
        await ann.open(token)
        token_of_form = (await ann.fields(SOUTH))["form"]
        form = hidden(checked.text.partition("read-back")[2]) | {"form": token_of_form}
        answer = await ann.send(f"/wards/{NORTH}/send", form)
        listed = text_of((await ann.get("/wards")).text)

    assert "Received. Counted." in text_of(answer.text)
    assert "North 1 seat, expected 02.00 Counted" in listed
    assert {each["revision"] for each in await said(settings)} == {1}
    assert len({dict(each.headers)["ce_id"] for each in (await log(settings))[1:]}) == 1


async def is_ready(url: str) -> bool:
    """Returns whether entry serves at an address, and has read the log."""
    try:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            return (await client.get("/health/ready")).text == "ok"
    except httpx.TransportError:
        return False


@pytest.mark.usefixtures("night")
async def test_a_ward_that_was_said_to_be_recounted_by_another_says_so(
    settings: Settings, keys: Path, token: str, eventually: Eventually
) -> None:
    """A notice that crosses another is not sent, but shown as it is now."""
    async with (
        entering(settings, keys) as entry,
        at_the_count(entry.url, token) as ann,
        DeclarationProducer(settings) as producer,
    ):
        checked = await ann.notice(NORTH, "postponed")
        await producer.publish(by("site", "single", noticed("north", "recount")))
        await eventually(partial(reads, ann, "/wards", "Recount"))
        answer = await ann.press_send(checked)

    assert answer.status_code == 409
    assert "Somebody else has said how this count stands" in text_of(answer.text)
