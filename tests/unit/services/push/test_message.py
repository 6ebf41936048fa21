"""What a browser is sent of an alert."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.alert import Alert
from services.push.message import TTL, message_of
from tests.support.notifier_receivers import a_milestone, an_alert

AT = datetime(2026, 5, 8, 2, 40, tzinfo=UTC)
PLAIN_MAX_BYTES = 3_993
"""What fits into 4,096 bytes beside header, padding and tag (RFC 8291, 4)."""


def content(alert: Alert) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(message_of(alert, AT).content)
    return found


def test_readers_are_told_in_plain_words_where_there_are_any() -> None:
    """The paragraph for the public, else the line for reporters."""
    assert content(an_alert(1))["body"] == "CON HOLD Barnet: 32 of 63 (1)"
    assert content(an_alert(1, paragraph="They hold it."))["body"] == "They hold it."


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "WITHDRAWN: CON HOLD Barnet, a correction."},
        {"text": "CON HOLD Barnet, a correction."},
        {"paragraph": "Withdrawn: CON HOLD Barnet, a correction."},
    ],
)
def test_a_withdrawal_begins_with_the_word_once(fields: dict[str, str]) -> None:
    """However the alert itself begins; and it has the tag of what it withdraws."""
    call = an_alert(1)
    told = content(an_alert(2, action="retract", retracts=call.id, **fields))

    assert told["body"] == "Withdrawn: CON HOLD Barnet, a correction."
    assert (told["tag"], told["withdrawn"]) == (call.id, True)


def test_a_rehearsal_says_so_first_and_a_live_count_does_not() -> None:
    """In the title, which no phone cuts off."""
    assert content(an_alert(1))["title"] == "REHEARSAL: Barnet"
    assert content(an_alert(1, mode="live"))["title"] == "Barnet"


def test_a_tap_opens_the_alert_on_the_page_it_belongs_to() -> None:
    """The council's, or that of the night."""
    mark = a_milestone()

    assert content(an_alert(1))["path"] == (
        f"/councils/local.barnet.2014-05-22#alert-{an_alert(1).id}"
    )
    assert content(mark)["path"] == f"/elections/local.2014-05-22#alert-{mark.id}"


def test_the_longest_alert_fits_into_a_message() -> None:
    """With the characters that take most bytes, and marked as a withdrawal of a rehearsal."""
    longest = an_alert(
        1,
        council=f"local.{'a' * 180}.2014-05-22",
        cause=None,
        cause_revision=0,
        name="𠀀" * 300,
        paragraph="𠀀" * 600,
        action="retract",
        retracts=an_alert(2).id,
    )

    assert len(message_of(longest, AT).content) <= PLAIN_MAX_BYTES


def test_news_is_news_for_four_hours() -> None:
    """From Kafka's time of the alert on, whenever it is asked."""
    message = message_of(an_alert(1), AT)

    assert message.seconds_left(AT) == TTL.total_seconds() == 4 * 3_600
    assert message.seconds_left(AT + timedelta(hours=4)) == 0
