"""`push.subscription`: what one reader's browser is told by web push, and where it is reached."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from schemas.base import Model, Timestamp
from schemas.ids import check_ballot_paper_id, check_council_id, election_id

ABOUT_MAX: Final = 50
"""Councils, wards and elections that one browser follows; a reader has a handful."""

ENDPOINT_CHARACTERS_MAX: Final = 1_000
"""The longest endpoint. Those of the browsers' makers have some 200 to 500 characters."""

PushKind = Literal["changes", "calls", "results", "all"]
"""What a reader is told: changes of control, every call of control, full results, or every alert
except the digests of the night."""


def check_about(identifier: str) -> str:
    """Returns the id of a council election, a ballot or a whole election unchanged.

    Raises ValueError for any other text.
    """
    for check in (check_council_id, check_ballot_paper_id, _check_election_id):
        try:
            return check(identifier)
        except ValueError:
            continue
    raise ValueError(
        "neither a council election, a ballot nor an election; give such as"
        " local.barnet.2014-05-22, local.barnet.childs-hill.2014-05-22 or local.2014-05-22"
    )


def _check_election_id(identifier: str) -> str:
    if identifier != election_id(date.fromisoformat(identifier.removeprefix("local."))):
        raise ValueError("not an election id; expected local.<YYYY-MM-DD>")
    return identifier


def subscription_id(endpoint: str) -> str:
    """Returns what a subscription is known by, which does not give its endpoint away."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


class Following(Model):
    """One council, ward or election, and what a reader is told of it."""

    about: Annotated[
        str,
        StringConstraints(strip_whitespace=False),
        Field(
            max_length=250,
            description="The Democracy Club id of a council's election, a ballot or an election.",
            examples=["local.barnet.2014-05-22"],
        ),
        AfterValidator(check_about),
    ]
    kinds: tuple[PushKind, ...] = Field(
        min_length=1, max_length=4, description="What the reader is told of it."
    )


class PushSubscription(Model):
    """One browser. Kept by the hash of its endpoint, so the last one stands; removed when it ends.

    Whoever has endpoint and keys can send to the browser, so they are shown and logged nowhere.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    type: Literal["push.subscription"] = "push.subscription"
    endpoint: Annotated[
        str,
        Field(
            max_length=ENDPOINT_CHARACTERS_MAX,
            pattern=r"^https?://[!-~]+$",
            description="The address at the browser's maker to which messages are sent.",
        ),
    ]
    p256dh: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_-]{87}$",
            description="The browser's public key, a point of P-256 (RFC 8291), in base64url.",
        ),
    ]
    auth: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_-]{22}$",
            description="The browser's secret of 16 bytes (RFC 8291), in base64url.",
        ),
    ]
    following: tuple[Following, ...] = Field(
        min_length=1, max_length=ABOUT_MAX, description="What the reader follows."
    )
    at: Timestamp = Field(description="When the reader's browser last said so.")

    @property
    def id(self) -> str:
        """What the subscription is known by: the hash of its endpoint."""
        return subscription_id(self.endpoint)
