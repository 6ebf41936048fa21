"""The head of a log: what says, in one hash for each partition, everything that is in it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from schemas.base import Model, Name

PARTITIONS_MAX = 10_000
"""Partitions of one log. A broker takes some thousands, and a log of declarations has a dozen."""

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
        description="When Kafka took the last message; null if it has no time."
    )

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
