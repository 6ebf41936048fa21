"""`audit`: who did what under which key, on what, with what result, from where and when."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Model, Name, Timestamp
from schemas.source import SourceId
from schemas.visible import VISIBLE

Action = Literal[
    "declared",
    "decided",
    "signed in",
    "signed out",
    "refused",
    "failed",
    "key added",
    "key revoked",
    "policy set",
    "keys read",
    "person blocked",
    "alerts held back",
    "alerts released",
    "projection stated",
]
"""What was done. `decided` is a decision of the desk in the log, whether or not it counts. `failed`
is a request that Kafka did not acknowledge: it may be in the log nevertheless. `keys read` is the
file of keys taken, or not taken, by a running intake or entry. `policy set` is what a second entry
is needed for. The last three are the desk's, on the
command line."""

ABOUT_MAX = 20
"""Events of a request that are named, with `events` for how many there were: a request may have
2,000, and each has its source in the log as well."""

KEYS_MAX = 100
"""Keys that an entry names. A newsroom has some ten; `result` says how many there are."""

RESULT_CHARACTERS_MAX = 1_000
"""Characters of a result: the first refusals of a request, each with field, value and remedy."""

ADDRESS_CHARACTERS_MAX = 100
"""Characters of an address. The longest of IPv6 have 45; proxies also forward names."""

Address = Annotated[str, Field(max_length=ADDRESS_CHARACTERS_MAX, pattern=VISIBLE)]


class About(Model):
    """An event that a request was about, and where it is in the log if it was acknowledged."""

    type: Annotated[str, Field(max_length=40)] = Field(
        description="The kind of event, such as `ward.declared`."
    )
    council: Annotated[str, Field(max_length=250)] = Field(description="The council election's id.")
    ballot_paper_id: Annotated[str, Field(max_length=250)] = Field(
        default="", description="The ballot; blank for a whole council."
    )
    message: Annotated[str, Field(max_length=320)] = Field(
        default="", description="The id of its message; blank if none was made."
    )
    partition: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Its partition on declarations; null unless acknowledged."
    )
    offset: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Its offset there; null unless acknowledged."
    )


class AuditEntry(Model):
    """One request, change of keys or act of the desk. It holds no secret, nor a piece of one."""

    type: Literal["audit"] = "audit"
    at: Timestamp = Field(description="When it was done, by the clock of whoever writes this.")
    action: Action = Field(description="What was done.")
    who: Annotated[str, Field(max_length=200, pattern=VISIBLE)] = Field(
        default="",
        description="The id of the key, also of a revoked one; blank if no key was recognised."
        " Of what was done on a command line the user and the machine, or what `--by` says.",
    )
    person: Name = Field(
        default="",
        description="Who signed in at entry or decides, by the name that they gave; else blank.",
    )
    about: tuple[About, ...] = Field(
        default=(), max_length=ABOUT_MAX, description="The first events of the request."
    )
    events: Annotated[int, Field(ge=0)] = Field(
        default=0, description="How many events the request had; 0 if they could not be read."
    )
    keys: tuple[SourceId, ...] = Field(
        default=(), max_length=KEYS_MAX, description="Of changes of keys: the keys that changed."
    )
    requests: Annotated[int, Field(ge=1)] = Field(
        default=1,
        description="How many requests this entry stands for: refusals beyond what is written in a"
        " minute are counted in one entry.",
    )
    status: Annotated[int, Field(ge=100, le=599)] | None = Field(
        default=None, description="The HTTP status of the answer; null if there was none."
    )
    result: Annotated[str, Field(max_length=RESULT_CHARACTERS_MAX)] = Field(
        default="", description="What came of it: `acknowledged`, or field, value and remedy."
    )
    from_address: Address = Field(
        default="",
        description="The client's address, as a trusted proxy forwards it; blank on a command"
        " line, and where several requests were counted.",
    )
