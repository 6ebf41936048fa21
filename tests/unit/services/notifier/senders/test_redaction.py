"""Secrets of a channel's URL do not reach the ledger, the log or the desk page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from services.notifier.senders.redaction import redacted
from tests.support.checkout import CHECKOUT

SENDS_TESTS = """
import asyncio, pathlib, sys
from services.notifier.channels_file import load_channels
from services.notifier.senders.open import send_tests
from services.platform.log import configure_log
configure_log("notifier", "info", "json")
print(asyncio.run(send_tests(load_channels(pathlib.Path(sys.argv[1])))))
"""
"""Sends tests with the log configured as in the running notifier."""


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "lark://TOKENTOKENTOKEN",
            "Max retries exceeded with url: /open-apis/bot/v2/hook/TOKENTOKENTOKEN",
        ),
        (
            "mqtt://desk:s%C3%A9cret%2F1@broker.example/topic",
            "MQTT Connection Error received from mqtt://desk:sécret/1@broker.example/topic",
        ),
        (
            "slack://xoxb-1234-TOKEN/#desk",
            "Failed to send to Slack xoxb-1234-TOKEN: not_in_channel",
        ),
        ("ntfys://ntfy.example/secret-topic?token=tk_abcdef", "tk_abcdef was refused"),
    ],
)
def test_no_piece_of_the_url_is_left(url: str, said: str) -> None:
    """Whatever a service's library writes into its message, tokens and passwords are hidden."""
    shown = redacted(said, url)

    for secret in ("TOKEN", "cret/1", "s%C3%A9cret", "secret-topic", "tk_abcdef"):
        assert secret not in shown


def test_a_message_without_pieces_of_the_url_is_unchanged() -> None:
    """What went wrong can still be read."""
    assert redacted("Failed: error=404.", "json://127.0.0.1/hook") == "Failed: error=404."


def test_no_piece_of_the_url_is_printed_or_logged(tmp_path: Path) -> None:
    """Whatever a library writes to its own log, no piece of the URL is shown."""
    channels = tmp_path / "channels.toml"
    channels.write_text(
        '[[channels]]\nname = "desk"\nurl = "json://user:pa55word@localhost:9/hook-name"\n'
    )
    tried = subprocess.run(
        [sys.executable, "-c", SENDS_TESTS, str(channels)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = tried.stdout + tried.stderr

    assert "A Connection error occurred" in tried.stdout
    assert not any(piece in said for piece in ("user", "pa55word", "localhost", "hook-name"))
