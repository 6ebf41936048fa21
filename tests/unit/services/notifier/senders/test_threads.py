"""Threads: an alert and its retraction stand together where a service allows it."""

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
def test_what_belongs_to_no_thread_goes_to_the_address_as_it_stands(
    url: str, notices: list[object]
) -> None:
    """A digest, rejected input, a thread of the desk's own, and services without thread keys."""
    assert threaded(url, notices) == url  # type: ignore[arg-type] # pytest's parameters
