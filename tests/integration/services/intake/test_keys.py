"""Intake with a file of keys: who is let in, what the log says of it, and what the audit says."""

from __future__ import annotations

import json
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from schemas.examples import EXAMPLES
from services.access.keys_edit import revoke_key
from services.access.refusal_budget import REFUSALS_PER_MINUTE
from services.platform.kafka import admin
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from tests.support.intake_log import log, notice
from tests.support.keys import added, audit, bearer, invited
from tests.support.topics import remove

Start = Callable[..., Any]
Eventually = Callable[..., Awaitable[Any]]

OLD = "the-single-token-of-before"
CHILDS_HILL = "local.barnet.childs-hill.2014-05-22"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the file of keys is."""
    return tmp_path / "keys.toml"


def replaced(file: Path, change: Callable[[str], str]) -> str:
    """Changes a file's text, and returns what it was."""
    before = file.read_text()
    file.write_text(change(before))
    return before


async def logged(settings: Settings) -> list[tuple[str | None, str | None]]:
    """Returns source and trust of every event in the log."""
    events = [json.loads(record.value) for record in await log(settings)]
    return [(event.get("source_id"), event.get("trust")) for event in events]


async def test_the_invitation_of_a_person_sends_nothing_here(
    start: Start, settings: Settings, file: Path
) -> None:
    """They sign in at entry; the audit says who tried."""
    token = invited(file, "ann-able")
    intake = await start(keys_file=str(file))
    answer = await intake.post(notice(), **bearer(token))

    assert answer.status_code == 403
    (fault,) = answer.json()["errors"]
    assert fault["field"] == "Authorization"
    assert "the key ann-able has the role stringer, and is for signing in at entry" in str(fault)
    assert await log(settings) == []
    (noted,) = await audit(settings, "refused")
    assert (noted.who, noted.status) == ("ann-able", 403)


async def test_the_log_says_whose_word_an_event_is_and_the_audit_who_sent_it(
    start: Start, settings: Settings, file: Path, eventually: Eventually
) -> None:
    """From the key that a request has; the single token works beside it, and leaves no mark."""
    agency = added(file, "agency", trust="second")
    intake = await start(keys_file=str(file), intake_token=OLD)
    first = await intake.post([notice(), notice(2)], **bearer(agency), idempotency_key="a-1")
    second = await intake.post(notice(3), **bearer(OLD))

    assert [first.status_code, second.status_code] == [202, 202]
    assert await logged(settings) == [("agency", "second"), ("agency", "second"), (None, None)]
    assert "LIVECOUNT_INTAKE_TOKEN is the key `default`" in intake.running.written()

    async def both() -> bool:
        return len(await audit(settings, "declared")) == 2

    await eventually(both)
    mine, default = await audit(settings, "declared")
    assert (mine.who, mine.events, mine.status, mine.result) == ("agency", 2, 202, "acknowledged")
    assert mine.from_address == "127.0.0.1"
    receipts = first.json()["declarations"]
    assert [(each.message, each.partition, each.offset) for each in mine.about] == [
        (receipt["id"], receipt["partition"], receipt["offset"]) for receipt in receipts
    ]
    assert {(each.type, each.ballot_paper_id) for each in mine.about} == {
        ("ward.status", CHILDS_HILL)
    }
    assert (default.who, default.events) == ("default", 1)
    (read,) = await audit(settings, "keys read")
    assert (read.keys, read.result) == (("agency",), "added agency; 1 valid")


async def test_what_a_key_does_not_allow_is_answered_403_and_is_in_the_audit(
    start: Start, settings: Settings, file: Path, eventually: Eventually
) -> None:
    """A stringer's key opens no council, and says nothing of others; the log has nothing of it."""
    stringer = added(file, "stringer", councils=("barnet",))
    opening = EXAMPLES["council.opened"].model_dump(mode="json", exclude_none=True)
    elsewhere = notice(
        council="local.camden.2014-05-22", ballot_paper_id="local.camden.kilburn.2014-05-22"
    )
    intake = await start(keys_file=str(file))
    answers = [await intake.post(each, **bearer(stringer)) for each in (opening, elsewhere)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert [answer.json()["errors"][0]["field"] for answer in answers] == ["type", "council"]
    assert await log(settings) == []

    async def both() -> bool:
        return len(await audit(settings, "refused")) == 2

    await eventually(both)
    first, second = await audit(settings, "refused")
    assert {(each.who, each.status, each.events) for each in (first, second)} == {
        ("stringer", 403, 1)
    }
    assert second.about[0].council == "local.camden.2014-05-22"
    assert "'council.opened': moves seats" in first.result


async def test_nobody_is_let_in_without_a_key_and_the_audit_cannot_be_filled(
    start: Start, settings: Settings, file: Path
) -> None:
    """Wrong tokens are answered alike; thirty are written, and the others are one entry."""
    agency = added(file, "agency")
    old = added(file, "old")
    revoke_key(file, "old", datetime(2026, 5, 7, tzinfo=UTC), "Ann")
    intake = await start(keys_file=str(file))
    wrong = [await intake.post(notice(), **bearer(each)) for each in ("agency.x", old, OLD)]
    wrong.append(await intake.post(notice()))
    more = [await intake.post(notice(), **bearer("x")) for _ in range(100)]

    assert {answer.status_code for answer in wrong + more} == {401}
    assert len({answer.text for answer in wrong + more}) == 1
    assert (await intake.post(notice(), **bearer(agency))).status_code == 202
    intake.running.end()
    refused = await audit(settings, "refused")
    (of_old,) = [each.result for each in refused if each.who == "old"]
    assert of_old.startswith("the key old was revoked; Authorization: send the token of this")
    unknown = [each for each in refused if not each.who]
    assert len(unknown) == REFUSALS_PER_MINUTE + 1
    assert sum(each.requests for each in unknown) == 103
    assert "73 more refusals" in unknown[-1].result
    assert all(agency not in each.model_dump_json() for each in await audit(settings))


async def test_a_key_declares_no_faster_than_it_may(
    start: Start, settings: Settings, file: Path
) -> None:
    """429 says when; a repeat of what was taken costs nothing, and other keys go on."""
    slow = added(file, "slow", per_minute=2)
    fast = added(file, "fast")
    intake = await start(keys_file=str(file))
    taken = [
        await intake.post([notice(), notice(2)], **bearer(slow), idempotency_key="s-1")
        for _ in range(3)
    ]
    over = await intake.post(notice(3), **bearer(slow))
    never = await intake.post([notice(number) for number in (4, 5, 6)], **bearer(slow))
    other = await intake.post(notice(7), **bearer(fast))

    assert [each.status_code for each in taken] == [202, 202, 202]
    assert over.status_code == 429
    assert 1 <= int(over.headers["retry-after"]) <= 30
    assert "may declare 2 a minute; send the same again in" in over.json()["errors"][0]["remedy"]
    assert never.status_code == 422
    assert "send at most 2 in one request" in never.json()["errors"][0]["remedy"]
    assert other.status_code == 202
    assert len(await log(settings)) == 3


async def test_keys_change_without_a_restart_and_a_fault_changes_nothing(
    start: Start, settings: Settings, file: Path, eventually: Eventually
) -> None:
    """A running intake takes a new key, refuses a revoked one, and says that it has a fault."""
    agency = added(file, "agency")
    intake = await start(keys_file=str(file))

    async def status(token: str) -> int:
        return int((await intake.post(notice(), **bearer(token))).status_code)

    async def remark() -> str | None:
        found: str | None = (await intake.client.get("/health/ready")).json().get("remark")
        return found

    desk = added(file, "night-desk")

    async def desk_is_in() -> bool:
        return await status(desk) == 202

    await eventually(desk_is_in)
    revoke_key(file, "agency", datetime(2026, 5, 7, tzinfo=UTC), "Ann")

    async def agency_is_out() -> bool:
        return await status(agency) == 401

    await eventually(agency_is_out)
    sound = replaced(file, lambda text: text.replace('"night-desk"', '"Night-desk"'))
    await eventually(remark)
    assert await remark() == "faults in the file of keys: 1"
    assert await status(desk) == 202
    replaced(file, lambda _: sound)

    async def is_mended() -> bool:
        return await remark() is None

    await eventually(is_mended)
    intake.running.end()
    assert [each.result.partition("\n")[0] for each in await audit(settings, "keys read")] == [
        "added agency; 1 valid",
        "added night-desk; 2 valid",
        "revoked agency; 1 valid",
        "not taken, the keys from before hold on:",
        "nothing changed; 1 valid",
    ]


async def test_without_a_file_every_use_of_the_single_token_is_in_the_audit(
    start: Start, settings: Settings, eventually: Eventually
) -> None:
    """Under the id `default`, and refusals under none."""
    intake = await start(intake_token=OLD)
    sent = await intake.post(notice(), **bearer(OLD))
    assert (await intake.post(notice())).status_code == 401

    async def both() -> bool:
        return len(await audit(settings)) == 2

    await eventually(both)
    declared, refused = await audit(settings)
    (receipt,) = sent.json()["declarations"]
    assert (declared.action, declared.who, declared.status) == ("declared", "default", 202)
    assert (declared.about[0].offset, declared.about[0].message) == (
        receipt["offset"],
        receipt["id"],
    )
    assert (refused.action, refused.who, refused.status) == ("refused", "", 401)


async def test_intake_starts_without_the_topic_of_the_audit(
    start: Start, settings: Settings
) -> None:
    """It takes declarations, and says which command makes it."""
    await remove(settings, Topics(settings.namespace).audit)
    intake = await start(intake_token=OLD)

    assert (await intake.post(notice(), **bearer(OLD))).status_code == 202
    assert "does not exist; run `livecount topics create`" in intake.running.written()


async def test_what_is_declared_stands_if_the_audit_cannot_be_written(
    start: Start, settings: Settings, file: Path, eventually: Eventually
) -> None:
    """202 as ever, at once; the log line and the metric say that the audit waits."""
    agency = added(file, "agency")
    (port,) = free_ports(1, random.SystemRandom())
    intake = await start(keys_file=str(file), metrics_port=str(port))
    client = admin(settings, "test")
    await client.start()
    await client.delete_topics([Topics(settings.namespace).audit])
    await client.close()
    answers = [await intake.post(notice(number), **bearer(agency)) for number in range(1, 4)]

    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert max(answer.elapsed.total_seconds() for answer in answers) < 5
    assert len(await log(settings)) == 3

    def is_said() -> bool:
        return "the audit cannot be written" in intake.running.written()

    await eventually(is_said)
    async with httpx.AsyncClient(trust_env=False) as asking:
        metrics = (await asking.get(f"http://127.0.0.1:{port}/metrics")).text
    assert 'livecount_access_audit_entries_total{outcome="failed"}' in metrics
    assert (await intake.client.get("/health/ready")).status_code == 200


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file or directory"),
        ('[[keys]]\nid = "agency"\ntrust = "finl"\n', "keys.toml:3: key 'agency': trust: 'finl'"),
    ],
)
def test_intake_does_not_start_with_a_file_that_has_a_fault(
    process: Callable[..., Any], file: Path, content: str | None, said: str
) -> None:
    """It ends with status 2, and says every fault with its remedy."""
    if content:
        file.write_text(content)
    running = process("intake", "run", intake_port="0", keys_file=str(file))

    assert running.process.wait(60) == 2
    assert said in running.written()


async def test_a_file_of_keys_guards_an_intake_that_others_reach(start: Start, file: Path) -> None:
    """It may listen beyond loopback without the single token."""
    token = added(file, "agency")
    intake = await start(keys_file=str(file), intake_host="0.0.0.0")  # noqa: S104

    assert (await intake.post(notice())).status_code == 401
    assert (await intake.post(notice(), **bearer(token))).status_code == 202
