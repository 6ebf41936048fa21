"""The ways out to a set of channels: opened, checked and tried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from services.notifier.channels import Channel
from services.notifier.senders.sender import Sender, SendError

TEST_TEXT = "TEST from livecount: this channel works. No result has been declared."


def open_sender(channel: Channel) -> Sender:
    """Returns the way out to a channel; raises ValueError where its URL or secret is unusable."""
    # Each is imported where it is wanted: Apprise loads 170 services, which takes 0.4 s.
    if channel.webhook:
        from services.notifier.senders.webhook import WebhookSender  # noqa: PLC0415 -- see above

        return WebhookSender(channel)
    from services.notifier.senders.apprise import AppriseSender  # noqa: PLC0415 -- see above

    return AppriseSender(channel)


def unusable(channels: Sequence[Channel]) -> dict[str, str]:
    """Returns why, for each channel whose URL or secret is unusable. Reaches nobody."""
    faults: dict[str, str] = {}
    for channel in channels:
        try:
            open_sender(channel)
        except ValueError as error:
            faults[channel.name] = str(error)
    return faults


async def send_tests(channels: Sequence[Channel]) -> dict[str, str]:
    """Sends a marked test to each channel, once, and returns what went wrong, or an empty text."""
    outcomes: dict[str, str] = {}
    for channel in channels:
        sender = open_sender(channel)
        try:
            await sender.send_test(TEST_TEXT, datetime.now(UTC))
            outcomes[channel.name] = ""
        except SendError as error:
            outcomes[channel.name] = error.detail
        finally:
            await sender.close()
    return outcomes
