"""Rejects: messages that could not be counted, and how they are sent again."""

from __future__ import annotations

from typing import NamedTuple

from aiokafka.errors import KafkaError
from pydantic import ValidationError

from schemas.envelope import Envelope, Headers, content_id, message_type, read_headers
from schemas.events import decode_event, encode_event
from schemas.reject import Reject
from services.following.decode import PAYLOAD_BYTES_MAX, describe_errors
from services.platform import kafka
from services.platform.errors import KafkaUnavailableError
from services.platform.settings import Settings
from services.platform.topic_log import Log

SOURCE = "/livecount/rejects"
"""The `ce_source` of a replayed reject whose envelope was unusable or whose bytes were changed."""


class Place(NamedTuple):
    """The position of a reject: partition and offset, written `3/1234`.

    `kind` is that of its topic, and blank for declarations: `night/3/1234`.
    """

    partition: int
    offset: int
    kind: str = ""

    def __str__(self) -> str:
        """Returns the place as it is typed, such as `3/1234`."""
        place = f"{self.partition}/{self.offset}"
        return f"{self.kind}/{place}" if self.kind else place


class UnusableError(ValueError):
    """A place or a payload cannot be used. The message says why and what to do."""


class Outgoing(NamedTuple):
    """A message ready to be sent to declarations."""

    key: bytes
    value: bytes
    headers: Headers


def parse_place(text: str) -> Place:
    """Returns the place in a text such as `3/1234`; raises UnusableError for any other text."""
    match text.split("/"):
        case [partition, offset] if partition.isdecimal() and offset.isdecimal():
            return Place(int(partition), int(offset))
        case [kind, partition, offset] if partition.isdecimal() and offset.isdecimal():
            return Place(int(partition), int(offset), kind)
    raise UnusableError(f"place: {text!r}; give partition/offset as `rejects list` shows it")


async def all_rejects(settings: Settings) -> dict[Place, Reject]:
    """Returns every reject that Kafka still keeps, each once, in the order of the topic.

    Raises KafkaUnavailableError.
    """
    async with Log(settings) as log:
        topic, declarations = log.topics.rejects, log.topics.declarations
        found: dict[Place, Reject] = {}
        async for record in log.read(topic, await log.ends(topic)):
            reject = Reject.model_validate_json(record.value)
            kind = reject.topic.rpartition(".")[2] if reject.topic != declarations else ""
            found.setdefault(Place(reject.partition, reject.offset, kind), reject)
        return found


def outgoing(reject: Reject, corrected: bytes | None) -> Outgoing:
    """Returns the message to send for a reject, with its own bytes or with corrected ones.

    The key is made from the event. The envelope is kept if it is usable and the bytes are not
    corrected. Raises UnusableError for bytes that would be rejected again.
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
    """Sends a message to declarations; returns its place once every in-sync replica has it.

    Raises KafkaUnavailableError if Kafka does not acknowledge it. The message may be in the log
    nevertheless; sending it again then changes nothing.
    """
    producer = kafka.producer(settings, "livecount-rejects")
    try:
        await producer.start()
        sent = await producer.send_and_wait(
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
    return Place(sent.partition, sent.offset)
