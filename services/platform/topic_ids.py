"""The id that Kafka gives a topic when it is made: another topic of the same name has another."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from aiokafka.errors import IncompatibleBrokerVersion, for_code
from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from services.platform import brokers
from services.platform.settings import Settings

UUID_BYTES: Final = 16
_NONE: Final = bytes(UUID_BYTES)


class _Uuid(AbstractType[bytes]):  # type: ignore[misc] # aiokafka has no types
    @classmethod
    def encode(cls, value: bytes) -> bytes:
        return value

    @classmethod
    def decode(cls, data: BytesIO) -> bytes:
        return data.read(UUID_BYTES)


_TEXT: Final = CompactString("utf-8")
_TAGS: Final = ("tags", TaggedFields)


class _MetadataResponse(Response):  # type: ignore[misc] # as above
    API_KEY = 3
    API_VERSION = 10
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32), ("host", _TEXT), ("port", Int32), ("rack", _TEXT), _TAGS
            ),
        ),
        ("cluster_id", _TEXT),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", _TEXT),
                ("topic_id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline_replicas", CompactArray(Int32)),
                        _TAGS,
                    ),
                ),
                ("authorized_operations", Int32),
                _TAGS,
            ),
        ),
        ("authorized_operations", Int32),
        _TAGS,
    )


class _MetadataStruct(RequestStruct):  # type: ignore[misc] # as above
    FLEXIBLE_VERSION = True
    API_KEY = 3
    API_VERSION = 10
    RESPONSE_TYPE = _MetadataResponse
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Uuid), ("name", _TEXT), _TAGS)),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
        _TAGS,
    )


class _Metadata(Request[_MetadataStruct]):  # type: ignore[misc] # as above
    """Metadata of one topic, in the first version with ids (Kafka 2.8, KIP-516).

    aiokafka's own request knows older versions only.
    """

    API_KEY = 3

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def build(self, request_struct_class: type[Any]) -> Any:
        """Returns the request, which makes no topic."""
        return request_struct_class([(_NONE, self._topic, {})], False, False, False, {})


async def topic_id(settings: Settings, topic: str, client_id: str) -> str:
    """Returns a topic's id in hexadecimal; empty if Kafka has no ids.

    Raises aiokafka's KafkaError if no broker answers, if there is no such topic, and if the account
    may not describe it.
    """
    async with brokers.connected(settings, client_id) as client:
        try:
            answer = await brokers.ask(client, _Metadata(topic))
        except IncompatibleBrokerVersion:
            return ""
    (found,) = answer["topics"]
    if found["error_code"]:
        raise for_code(found["error_code"])(topic)
    identifier: bytes = found["topic_id"]
    return "" if identifier == _NONE else identifier.hex()
