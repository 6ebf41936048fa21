"""Source: whoever says something of a count, and how far its word counts by itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

Trust = Annotated[
    Literal["final", "single", "checked", "second"],
    Field(
        description="How far the word of a source counts by itself. `final`: unless it cannot be"
        " right. `single`: unless it cannot be right, is odd, or would decide control or put the"
        " incumbent out. `checked`: as `single`, and unless it is a knife edge. `second`: only once"
        " another source agrees, or the desk accepts it."
    ),
]

SourceId = Annotated[
    str,
    StringConstraints(strip_whitespace=False),
    Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$",
        description="The id of the key under which it was said. Intake writes it from the key, and"
        " never takes it from the sender; without it the source is `default`.",
        examples=["agency", "stringer-barnet"],
    ),
]

DEFAULT_SOURCE = "default"
"""The source of what names none: files declared from the command line, the old single token, and
logs written before there were sources. It has the trust `final`."""
