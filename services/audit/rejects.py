"""Rejects: what was set aside, with its bytes, and its way back onto the log."""

from __future__ import annotations

from typing import NamedTuple

from aiokafka.errors import KafkaError
from pydantic import ValidationError

from schemas.envelope import Envelope, Headers, content_id, message_type, read_headers
from schemas.events import decode_event, encode_event
from schemas.reject import Reject
from services.audit.decode import PAYLOAD_BYTES_MAX, describe_errors
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.settings import Settings
from services.platform.topic_log import Log

SOURCE = "/livecount/rejects"
"""The `ce_source` of what is replayed, where its own envelope was unusable or its bytes changed."""


class Place(NamedTuple):
    """Where a reject was read: partition and offset of declarations, written `3/1234`."""

    partition: int
    offset: int

    def __str__(self) -> str:
        """Returns the place as people type it."""
        return f"{self.partition}/{self.offset}"


class UnusableError(ValueError):
    """A place or bytes that cannot be used; the message says why and what to do."""


class Outgoing(NamedTuple):
    """A message ready to go back onto the log."""

    key: bytes
    value: bytes
    headers: Headers


def place_of(text: str) -> Place:
    """Returns the place that a text such as `3/1234` names; raises UnusableError for any other."""
    partition, _, offset = text.partition("/")
    if not (partition.isdecimal() and offset.isdecimal()):
        raise UnusableError(f"place: {text!r}; give partition/offset as `rejects list` shows it")
    return Place(int(partition), int(offset))


async def all_rejects(settings: Settings) -> dict[Place, Reject]:
    """Returns every reject that Kafka still keeps, each once, in the order set aside.

    Raises KafkaUnavailableError.
    """
    async with Log(settings) as log:
        topic = log.topics.rejects
        found: dict[Place, Reject] = {}
        async for record in log.read(topic, await log.ends(topic)):
            reject = Reject.model_validate_json(record.value)
            found.setdefault(Place(reject.partition, reject.offset), reject)
        return found


def outgoing(reject: Reject, corrected: bytes | None) -> Outgoing:
    """Returns what to put back onto the log for a reject: its own bytes, or corrected ones.

    The key is made from the event, and its envelope is kept where the bytes are and it was
    usable. Raises UnusableError for bytes that would be set aside again.
    """
    value = reject.value if corrected is None else corrected
    if value is None or len(value) > PAYLOAD_BYTES_MAX:
        raise UnusableError(
            f"value: larger than {PAYLOAD_BYTES_MAX} bytes; correct it in a file and give --file"
        )
    try:
        event = decode_event(value)
    except ValidationError as error:
        raise UnusableError(
            f"{describe_errors(error)}\ncorrect it in a file and give --file"
        ) from error
    if corrected is not None:
        value = encode_event(event)
    envelope = Envelope(id=content_id(value), source=SOURCE, type=message_type(event.type))
    if corrected is None:
        try:
            given = read_headers(reject.headers)
        except ValueError:
            given = envelope
        if given.type == envelope.type:
            envelope = given
    return Outgoing(event.council.encode(), value, envelope.headers())


async def replay(settings: Settings, message: Outgoing) -> Place:
    """Puts a message on declarations; returns where it stands once every in-sync copy has it.

    Raises KafkaUnavailableError where Kafka does not acknowledge it; it may be in the log all the
    same, and to replay it again changes nothing.
    """
    producer = kafka.producer(settings, "livecount-rejects")
    try:
        await producer.start()
        stands = await producer.send_and_wait(
            Log(settings).topics.declarations,
            message.value,
            key=message.key,
            headers=message.headers,
        )
    except (KafkaError, TimeoutError) as error:
        raise KafkaUnavailableError(
            f"Kafka did not acknowledge: {error!r}; replay it again"
        ) from error
    finally:
        await producer.stop()
    return Place(stands.partition, stands.offset)
