"""Opens, checks and tests the senders of channels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from services.notifier.channels import Channel
from services.notifier.senders.sender import Sender, SendError

TEST_TEXT = "TEST from livecount: this channel works. No result has been declared."


def open_sender(channel: Channel) -> Sender:
    """Returns the sender of a channel; raises ValueError if its URL or secret is unusable."""
    # Each is imported only when it is needed: Apprise loads 170 services, which takes 0.4 s.
    if channel.webhook:
        from services.notifier.senders.webhook import WebhookSender  # noqa: PLC0415 -- see above

        return WebhookSender(channel)
    from services.notifier.senders.apprise import AppriseSender  # noqa: PLC0415 -- see above

    return AppriseSender(channel)


def unusable(channels: Sequence[Channel]) -> dict[str, str]:
    """Returns what is wrong, by the name of each channel that is unusable. Sends nothing."""
    faults: dict[str, str] = {}
    for channel in channels:
        try:
            open_sender(channel)
        except ValueError as error:
            faults[channel.name] = str(error)
    return faults


def cautions(channels: Sequence[Channel]) -> dict[str, list[str]]:
    """Returns what is unsafe, by the name of each channel of which there is something to say.

    The channels must be usable. Sends nothing.
    """
    found: dict[str, list[str]] = {}
    for channel in channels:
        if channel.url:
            from services.notifier.senders import apprise  # noqa: PLC0415 -- see `open_sender`

            if unsafe := apprise.cautions(channel.url):
                found[channel.name] = unsafe
    return found


async def send_tests(channels: Sequence[Channel]) -> dict[str, str]:
    """Sends one test message to each channel; returns what went wrong by name, '' for nothing."""
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
