"""What the desk is shown."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from schemas.delivery import Delivery
from schemas.examples import DELIVERY, REJECT
from services.ticker.desk.failures import Troubles, what_to_do
from services.ticker.desk.view import render_desk

NOW = datetime(2014, 5, 23, 3, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def failure(number: int = 1, **fields: object) -> Delivery:
    """Returns a failed delivery of the alert of that number, that many minutes into the night."""
    given: dict[str, object] = {
        "alert_id": f"{number:032x}",
        "status": "failed",
        "at": NOW + number * MINUTE,
        "detail": "answered 500",
    }
    return DELIVERY.model_copy(update=given | fields)


def test_a_failure_stands_until_the_alert_is_delivered() -> None:
    """The ledger's last word on an alert at a channel is what the desk sees."""
    troubles = Troubles()
    for record in (
        failure(1),
        failure(2),
        failure(1, status="sent"),
        failure(3, status="withheld"),
    ):
        troubles.take_delivery(record)

    assert [each.alert_id for each in troubles.failures()] == [f"{2:032x}"]


def test_no_more_is_kept_than_is_shown() -> None:
    """The newest stay, in whatever order Kafka's partitions bring them; the latest come first."""
    troubles = Troubles(limit=2)
    for number in (3, 1, 2):
        troubles.take_delivery(failure(number))
        troubles.take_reject(REJECT.model_copy(update={"offset": number}), NOW + number * MINUTE)

    assert [each.alert_id for each in troubles.failures()] == [f"{3:032x}", f"{2:032x}"]
    assert [each.place for each in troubles.rejects()] == ["3/3", "3/2"]


def test_what_was_set_aside_twice_is_shown_once() -> None:
    """A worker that repeats a batch sets the same message aside again."""
    troubles = Troubles()
    troubles.take_reject(REJECT, NOW)
    troubles.take_reject(REJECT, NOW + MINUTE)

    assert [each.at for each in troubles.rejects()] == [NOW + MINUTE]


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("answered 401", "secret or password"),
        ("answered 410", "address"),
        ("1000 alerts are waiting already", "away"),
        ("ConnectError", "receiver is up"),
    ],
)
def test_a_failure_says_what_to_do(detail: str, said: str) -> None:
    """Each kind of failure has a remedy of its own."""
    assert said in what_to_do(failure(detail=detail))


def test_what_senders_wrote_is_shown_as_text() -> None:
    """Keys, values and answers are anybody's, so markup in them stays text."""
    markup = "<script>alert(1)</script>"
    troubles = Troubles()
    troubles.take_delivery(failure(text=markup, detail=markup))
    troubles.take_reject(
        REJECT.model_copy(update={"detail": markup, "key": b64encode(markup.encode())}), NOW
    )
    view = render_desk(troubles)

    assert not any("<script" in html for html in view.fragments.values())
