"""Which channel is given which alert."""

from __future__ import annotations

from typing import Literal

from schemas.alert import Alert
from schemas.delivery import Delivery
from services.notifier.channels import Channel

Decision = Literal["send", "withhold", "skip"]


def may_concern(alert: Alert, channel: Channel) -> bool:
    """Tells whether a channel may have to be given an alert.

    A retraction may concern everyone: `decide` knows who had the alert that it withdraws.
    """
    return alert.action == "retract" or _matches(alert, channel)


def decide(alert: Alert, channel: Channel, had: Delivery | None) -> Decision:
    """Returns what to do with an alert at a channel.

    `had` is the record of the alert that a retraction withdraws, at this channel. A retraction
    goes to every channel that was given that alert, and to those that may have been (an
    attempt that failed may have arrived), whatever their filters; to nobody else. An alert of
    a rehearsal is withheld from every live channel, before anything else is asked.
    """
    if alert.action == "retract":
        if had is None:
            return "skip"
        if had.status == "withheld":
            return "withhold"
    if alert.mode == "rehearsal" and not channel.rehearsal:
        return "withhold"
    return "send"


def _matches(alert: Alert, channel: Channel) -> bool:
    if channel.kinds and alert.kind not in channel.kinds:
        return False
    return not channel.councils or any(_names(council, alert) for council in channel.councils)


def _names(council: str, alert: Alert) -> bool:
    """Tells whether an id, a GSS code or a name in the channels file means the alert's council."""
    slug = alert.council.split(".")[1]
    return council.casefold() in {
        alert.council,
        slug,
        alert.council_gss.casefold(),
        alert.name.casefold(),
    }
