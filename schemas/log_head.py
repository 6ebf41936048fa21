"""The head of a log: what says, in one hash for each partition, everything that is in it."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from schemas.base import Model, Name

PARTITIONS_MAX = 10_000
"""Partitions of one log. A broker takes some thousands, and a log of declarations has a dozen."""

LEAVES_MAX = 10_000_000
"""Leaves of one partition that a head lists. A UK night has some 20,000 declarations in all."""

Hash = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{64}$", description="A SHA-256 hash, as 64 digits in lower-case hex."),
]

Offset = Annotated[int, Field(ge=0, le=2**63 - 1)]


class PartitionHead(Model):
    """The head of a partition: the root of the Merkle tree over its messages."""

    partition: Annotated[int, Field(ge=0, lt=PARTITIONS_MAX)]
    first_offset: Offset = Field(
        description="The offset of the first message in the tree. Above 0, messages before it had"
        " been deleted when the count began, and the head says nothing of them."
    )
    end_offset: Offset = Field(description="The offset after the last message in the tree.")
    messages: Annotated[int, Field(ge=1, le=2**63 - 1)] = Field(
        description="The number of leaves: every message, whether or not it counts."
    )
    root: Hash
    last_at: AwareDatetime | None = Field(
        default=None, description="When Kafka took the last message; null if it has no time."
    )

    leaves: Annotated[tuple[Hash, ...], Field(max_length=LEAVES_MAX)] | None = Field(
        default=None,
        description="The leaf of each message, in order: by them the first message that differs"
        " can be named. Only archives have them.",
    )

    @model_validator(mode="after")
    def _has_each_leaf(self) -> Self:
        if self.leaves is not None and len(self.leaves) != self.messages:
            raise ValueError(f"leaves: {len(self.leaves)}, but messages says {self.messages}")
        return self

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.messages > self.end_offset - self.first_offset:
            raise ValueError(
                f"messages: {self.messages}, but only {self.end_offset - self.first_offset}"
                " offsets are between first_offset and end_offset"
            )
        return self


class LogHead(Model):
    """The head of the log of declarations, by partition. The same log gives the same head.

    Partitions of which no message was counted yet are left out.
    """

    type: Literal["log_head"] = "log_head"
    format: Literal[1] = Field(default=1, description="How a message is written as a leaf.")
    namespace: Name
    partitions: Annotated[tuple[PartitionHead, ...], Field(max_length=PARTITIONS_MAX)]

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        numbers = [each.partition for each in self.partitions]
        if len(set(numbers)) < len(numbers):
            raise ValueError("partitions: one of them is named twice")
        return self


NAMED_BY: Final = "`/v1/log` publishes, or `log/head.json` of an archive"


class LogHeadError(ValueError):
    """Bytes that are no head of a log; the message names field, value and remedy."""


def read_log_head(content: bytes, name: str) -> LogHead:
    """Returns the head in a file's content; `name` is that of the file, for the error.

    Raises LogHeadError.
    """
    try:
        return LogHead.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "value"
        raise LogHeadError(f"{name}: {field}: {first['msg']}; give a head as {NAMED_BY}") from error
