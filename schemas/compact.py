"""Compact JSON of plain values: what is kept for later reading by livecount alone."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json


def compact(value: Any) -> bytes:
    """Returns lists, dicts, strings, numbers, flags and None as JSON without a byte too many.

    Letters beyond ASCII stay as they are. Written by pydantic's own core, ten times as fast as by
    `json`. Raises pydantic_core.PydanticSerializationError for anything that JSON has not.
    """
    return to_json(value)
