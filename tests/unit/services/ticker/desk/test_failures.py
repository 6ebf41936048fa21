from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from schemas.delivery import Delivery
from schemas.examples import DELIVERY, REJECT
from services.ticker.desk.failures import Failures, remedy
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


def test_a_failure_is_shown_until_the_alert_is_delivered() -> None:
    """The last record of an alert at a channel decides whether it is shown."""
    failures = Failures()
    for record in (
        failure(1),
        failure(2),
        failure(1, status="sent"),
        failure(3, status="withheld"),
    ):
        failures.add_delivery(record)

    assert [each.alert_id for each in failures.failed_deliveries()] == [f"{2:032x}"]


def test_only_the_newest_failures_are_kept() -> None:
    """Whatever order Kafka's partitions bring them in, the newest stay and come first."""
    failures = Failures(limit=2)
    for number in (3, 1, 2):
        failures.add_delivery(failure(number))
        failures.add_reject(REJECT.model_copy(update={"offset": number}), NOW + number * MINUTE)

    assert [each.alert_id for each in failures.failed_deliveries()] == [f"{3:032x}", f"{2:032x}"]
    assert [each.place for each in failures.rejected_input()] == ["3/3", "3/2"]


def test_a_message_rejected_twice_is_shown_once() -> None:
    """A worker that repeats a batch publishes the same reject again."""
    failures = Failures()
    failures.add_reject(REJECT, NOW)
    failures.add_reject(REJECT, NOW + MINUTE)

    assert [each.at for each in failures.rejected_input()] == [NOW + MINUTE]


@pytest.mark.parametrize(
    ("detail", "advice"),
    [
        ("answered 401", "secret or password"),
        ("answered 410", "address"),
        ("1000 alerts are waiting already", "away"),
        ("ConnectError", "receiver is up"),
    ],
)
def test_a_failure_says_what_to_do(detail: str, advice: str) -> None:
    """Each kind of failure has its own remedy."""
    assert advice in remedy(failure(detail=detail))


def test_a_fault_of_livecount_is_not_for_the_sender_to_correct() -> None:
    """The message is sent again as it is, once a version that mends the fault runs."""
    failures = Failures()
    failures.add_reject(REJECT.model_copy(update={"reason": "broken"}), NOW)
    shown = "".join(render_desk(failures).fragments.values())

    assert "A fault in livecount" in shown
    assert "after an upgrade send it with <code>livecount rejects replay" in shown
    assert "corrected.json" not in shown


def test_markup_that_senders_wrote_is_shown_as_text() -> None:
    """Keys, values and answers may come from anybody, so markup in them is escaped."""
    markup = "<script>alert(1)</script>"
    failures = Failures()
    failures.add_delivery(failure(text=markup, detail=markup))
    failures.add_reject(
        REJECT.model_copy(update={"detail": markup, "key": b64encode(markup.encode())}), NOW
    )
    view = render_desk(failures)

    assert not any("<script" in html for html in view.fragments.values())
