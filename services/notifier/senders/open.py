"""Opens, checks and tests the senders of channels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from services.notifier.channels import Channel
from services.notifier.senders.sender import Sender, SendError

TEST_TEXT = "TEST from livecount: this channel works. No result has been declared."


def open_senders(channel: Channel) -> dict[str, Sender]:
    """Returns the senders of a channel by name, one for each receiver of its URL.

    The first has the channel's name, further ones that and their number: `desk`, `desk/2`. Raises
    ValueError if the URL or the secret is unusable.
    """
    # Each is imported only when it is needed: Apprise loads 170 services, which takes 0.4 s.
    if channel.webhook:
        from services.notifier.senders.webhook import WebhookSender  # noqa: PLC0415 -- see above

        return {channel.name: WebhookSender(channel)}
    from services.notifier.senders.apprise import AppriseSender  # noqa: PLC0415 -- see above
    from services.notifier.senders.receivers import open_receivers  # noqa: PLC0415 -- see above

    return {
        f"{channel.name}/{number + 1}" if number else channel.name: AppriseSender(channel, number)
        for number in range(len(open_receivers(channel.url)))
    }


def unusable(channels: Sequence[Channel]) -> dict[str, str]:
    """Returns what is wrong, by the name of each channel that is unusable. Sends nothing."""
    faults: dict[str, str] = {}
    for channel in channels:
        try:
            open_senders(channel)
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
            from services.notifier.senders import receivers  # noqa: PLC0415 -- see `open_senders`

            if unsafe := receivers.cautions(channel.url):
                found[channel.name] = unsafe
    return found


async def send_tests(channels: Sequence[Channel]) -> dict[str, str]:
    """Sends one test message to each receiver of each channel.

    Returns what went wrong by name, '' for nothing.
    """
    outcomes: dict[str, str] = {}
    for name, sender in [each for channel in channels for each in open_senders(channel).items()]:
        try:
            await sender.send_test(TEST_TEXT, datetime.now(UTC))
            outcomes[name] = ""
        except SendError as error:
            outcomes[name] = error.detail
        finally:
            await sender.close()
    return outcomes
