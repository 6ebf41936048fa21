"""Threads: an alert and its retraction are in one thread, if the service has threads."""

from __future__ import annotations

import apprise
import pytest

from services.notifier.senders.apprise import threaded
from tests.support.notices import notice

GOOGLE_CHAT = "gchat://workspace/key/token"
ELSEWHERE = notice(council="local.nowhere.2014-05-22")


def test_google_chat_has_a_thread_for_each_council() -> None:
    """Apprise reads the council's id as the thread key of the address."""
    service = apprise.Apprise.instantiate(threaded(GOOGLE_CHAT, [notice()]))

    assert service.thread_key == "local.barnet.2014-05-22"


@pytest.mark.parametrize(
    ("url", "notices"),
    [
        (GOOGLE_CHAT, [notice(), ELSEWHERE]),
        (GOOGLE_CHAT, [notice(council="")]),
        (f"{GOOGLE_CHAT}?thread=the-night", [notice()]),
        ("slack://xoxb-1-2-3/#desk", [notice()]),
    ],
)
def test_the_url_is_unchanged_without_a_thread_of_one_council(
    url: str, notices: list[object]
) -> None:
    """A digest, rejected input, a URL that names a thread, and a service without thread keys."""
    assert threaded(url, notices) == url  # type: ignore[arg-type] # pytest's parameters


def test_a_night_has_a_thread_of_its_own() -> None:
    """For its milestones, and what withdraws them."""
    milestone = notice(council="", election="local.2014-05-22")
    service = apprise.Apprise.instantiate(threaded(GOOGLE_CHAT, [milestone]))

    assert service.thread_key == "local.2014-05-22"
