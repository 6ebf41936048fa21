"""The audit trail, on a real Kafka."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from schemas.audit_entry import AuditEntry
from schemas.envelope import read_headers
from services.access.audit_log import entries
from services.access.refusal_budget import REFUSALS_PER_MINUTE
from services.access.trail import TOGETHER_MAX, WAITING_MAX, AuditTrail
from services.platform.accounts import account_settings
from services.platform.names import Topics
from services.platform.settings import Settings
from services.platform.topics import create_topics
from tests.support.topics import made_again, messages, remove

Eventually = Callable[..., Awaitable[object]]

BEGIN = datetime(2026, 5, 7, 21, 0, tzinfo=UTC)


def trail_of(settings: Settings) -> AuditTrail:
    """Returns a trail with intake's account. Not started."""
    own = account_settings(settings, "intake")
    return AuditTrail(own, client_id="test", source="/livecount/intake")


def entry(number: int, who: str = "agency") -> AuditEntry:
    """Returns an entry that is told from others by its time."""
    at = BEGIN + timedelta(seconds=number)
    return AuditEntry(at=at, action="declared", who=who, events=1, status=202)


def count(outcome: str) -> float:
    """Returns how many entries this process has counted with an outcome."""
    name = "livecount_access_audit_entries_total"
    return REGISTRY.get_sample_value(name, {"outcome": outcome}) or 0.0


async def test_entries_are_written_in_their_order_as_every_message_is(settings: Settings) -> None:
    """By the key's id, with CloudEvents' attributes; what waits at the end is written too."""
    trail = trail_of(settings)
    await trail.start()
    noted = [entry(number) for number in range(3 * TOGETHER_MAX)]
    for each in noted:
        trail.note(each)
    await trail.stop()
    await trail.stop()

    assert await entries(settings) == noted
    records = await messages(settings, Topics(settings.namespace).audit)
    assert {record.key for record in records} == {b"agency"}
    envelopes = [read_headers(record.headers) for record in records]
    assert {(each.type, each.source) for each in envelopes} == {
        ("livecount.audit.v1", "/livecount/intake")
    }
    assert [each.time for each in envelopes] == [each.at for each in noted]


async def test_what_kafka_does_not_take_is_written_once_it_does(
    settings: Settings, eventually: Eventually
) -> None:
    """Nothing is lost, and it is said when writing begins to fail and when it works again."""
    trail = trail_of(settings)
    await trail.start()
    trail.note(entry(0))

    async def written(number: int) -> bool:
        return len(await entries(settings)) == number

    await eventually(lambda: written(1))
    with capture_logs() as logged:
        await remove(settings, Topics(settings.namespace).audit)
        for number in range(1, 4):
            trail.note(entry(number))
        await eventually(lambda: [line for line in logged if "cannot be written" in line["event"]])
        trail.note(entry(4))
        await create_topics(settings)
        await eventually(lambda: written(4))
    await trail.stop()

    assert await entries(settings) == [entry(number) for number in range(1, 5)]
    said = [line["event"] for line in logged]
    assert said.count("the audit is written again") == 1
    assert len(said) == 2


async def test_more_than_may_wait_is_lost_and_counted(settings: Settings) -> None:
    """The entries that came first are kept, so that memory is bounded."""
    before = count("lost")
    trail = trail_of(settings)
    await trail.start()
    with capture_logs() as logged:
        for number in range(WAITING_MAX + 7):
            trail.note(entry(number))
    await trail.stop()

    assert count("lost") - before == 7
    assert len([line for line in logged if "are lost" in line["event"]]) == 1
    assert await entries(settings) == [entry(number) for number in range(WAITING_MAX)]


async def test_refusals_beyond_those_of_a_minute_are_one_entry(settings: Settings) -> None:
    """For each key, and for everybody without one; other entries are all written."""
    trail = trail_of(settings)
    await trail.start()
    for number in range(REFUSALS_PER_MINUTE + 5):
        for who in ("", "agency"):
            trail.note(entry(number, who).model_copy(update={"action": "refused"}))
    trail.note(entry(0))
    await trail.stop()

    found = await entries(settings)
    for who in ("", "agency"):
        refused = [each for each in found if each.who == who and each.action == "refused"]
        assert len(refused) == REFUSALS_PER_MINUTE + 1
        assert (refused[-1].requests, refused[-1].from_address) == (5, "")
    assert len([each for each in found if each.action == "declared"]) == 1


async def test_a_trail_waits_for_a_topic_that_is_not_there(
    settings: Settings, eventually: Eventually
) -> None:
    """Whoever upgrades is told which command makes it, and nothing that was done is lost."""
    await remove(settings, Topics(settings.namespace).audit)
    trail = trail_of(settings)
    with capture_logs() as said:
        await trail.start()
    assert "run `livecount topics create`" in said[-1]["error"]
    trail.note(entry(1))

    async def written() -> bool:
        return await entries(settings) == [entry(1)]

    await eventually(lambda: made_again(settings, Topics(settings.namespace).audit))
    await eventually(written)
    await trail.stop()
