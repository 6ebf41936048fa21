"""A channel: where alerts are sent, and which of them, and when."""

from __future__ import annotations

from typing import Annotated, Self, get_args

from pydantic import Field, model_validator

from schemas.base import Model, PartyKey
from services.notifier.notice import NoticeKind, RejectKind
from services.notifier.quiet_hours import QuietHours

DIGEST_MINUTES_MAX = 1_440
"""A digest is sent at least once a day."""

_OF_CONTROL = ("control", "incumbent_out", "result", *get_args(RejectKind))
"""The kinds that can be limited to changes of control; input is not limited by that filter."""

GIVE_UP_AFTER_MINUTES = 15
"""How long a receiver may be unavailable. A result this old is no alert any more."""


class Channel(Model):
    """One receiver. Unless `rehearsal` is set, it is live and never sent a rehearsal's notices."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
    url: str = Field(default="", repr=False, description="An Apprise URL, such as console://.")
    webhook: str = Field(default="", repr=False, description="An http(s) URL that accepts JSON.")
    secret: str = Field(default="", repr=False, description="Signs the webhook; whsec_ and base64.")
    rehearsal: bool = Field(default=False, description="Whether rehearsals are sent as well.")
    kinds: tuple[NoticeKind, ...] = Field(
        default=(),
        description="Empty: all alerts but `night`, a digest of the night; that, `declared`,"
        " `reminder`, ten minutes before a result that is expected, and `held`, `conflict`,"
        " `parked` and `rejected`, which is all input that was not counted, only if named.",
    )
    changes_only: bool = Field(
        default=False,
        description="Whether only changes of control are sent: gains, losses, and who is out.",
    )
    councils: tuple[str, ...] = Field(
        default=(), description="Ids, GSS codes, or names such as `barnet`; empty: all."
    )
    wards: tuple[str, ...] = Field(
        default=(), description="Ballot ids, or names such as `childs-hill`; empty: all."
    )
    parties: tuple[PartyKey, ...] = Field(
        default=(), description="Party ids that gain, hold or lose; empty: all."
    )
    within_seats: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        default=None, description="Only councils that this number of seats, or fewer, would change."
    )
    digest_minutes: Annotated[int, Field(ge=0, le=DIGEST_MINUTES_MAX)] = Field(
        default=0, description="One message for the alerts of this many minutes; 0: at once."
    )
    quiet_hours: QuietHours | None = Field(
        default=None, description="UK time, such as `23:00-07:00`; alerts wait until it ends."
    )
    per_minute: Annotated[int, Field(ge=1, le=6_000)] | None = Field(
        default=None, description="Most messages in a minute; further alerts go out together."
    )
    give_up_after_minutes: Annotated[int, Field(ge=1, le=1_440)] = Field(
        default=GIVE_UP_AFTER_MINUTES, description="How long a receiver may be unavailable."
    )
    page_url: str = Field(default="", description="The ticker's address, for links to its pages.")

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if bool(self.url) == bool(self.webhook):
            raise ValueError("url: give either url or webhook")
        for field, address in (("webhook", self.webhook), ("page_url", self.page_url)):
            if address and not address.startswith(("http://", "https://")):
                raise ValueError(f"{field}: no http:// or https:// URL; correct it")
        if self.secret and not self.webhook:
            raise ValueError("secret: signs webhooks alone; leave it out")
        others = [kind for kind in self.kinds if kind not in _OF_CONTROL]
        if self.changes_only and others:
            raise ValueError(
                f"changes_only: {others[0]} never says that control changes; leave one of them out"
            )
        if self.webhook and self.digest_minutes:
            raise ValueError("digest_minutes: a webhook is given one alert each; leave it out")
        return self

    @property
    def needs_totals(self) -> bool:
        """Whether what it is sent depends on the totals of councils, or names them."""
        of_places = {"declared", "reminder", "held", "conflict", "parked"}
        return bool(self.within_seats) or not of_places.isdisjoint(self.kinds)

    def summary(self) -> str:
        """Returns in words what the channel is sent; never its URL, which can contain a secret."""
        sender = "signed webhook" if self.secret else "webhook" if self.webhook else "Apprise"
        parts = [
            sender,
            "live and rehearsal" if self.rehearsal else "live",
            ", ".join(self.kinds) or "all alerts but digests of the night",
            ", ".join(self.councils) or "all councils",
        ]
        if self.changes_only:
            parts.append("changes of control only")
        if self.wards:
            parts.append(f"wards {', '.join(self.wards)}")
        if self.parties:
            parts.append(f"parties {', '.join(self.parties)}")
        if self.within_seats:
            parts.append(f"within {self.within_seats} seats of changing hands")
        parts.append(
            f"digest every {self.digest_minutes} min" if self.digest_minutes else "at once"
        )
        if self.quiet_hours:
            parts.append(f"quiet {self.quiet_hours}")
        if self.per_minute:
            parts.append(f"at most {self.per_minute} a minute")
        return "; ".join(parts)


CONSOLE = Channel(name="console", url="console://", rehearsal=True)
"""The channel without a channels file: standard output, rehearsals included."""
