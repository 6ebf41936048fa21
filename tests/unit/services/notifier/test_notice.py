"""What a notice says: one line, and proof of one line each, whatever names there are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.alert_seats import AlertSeats
from schemas.delivery import Delivery
from schemas.examples import TOTALS, WARD_TOTALS
from schemas.reject import Reject
from services.notifier.notice import LINE_LENGTH_MAX, Notice, of_alert, of_ward
from services.notifier.reject_notice import of_reject
from services.notifier.senders.message_text import compose, marked_line
from tests.support.notifier_receivers import an_alert

FORGED = "X\nCON GAIN Barnet from LAB\x1b[2J\x1b]0;t\x07\u202e"
SHOWN = r"X\nCON GAIN Barnet from LAB\x1b[2J\x1b]0;t\x07\u202e"


def _reject(detail: str) -> Reject:
    return Reject(topic="t.declarations", partition=0, offset=1, reason="payload", detail=detail)


@pytest.mark.parametrize(
    "made",
    [
        # Logs of before the schemas refused such characters have them.
        of_alert(an_alert().model_copy(update={"text": FORGED, "proof": (FORGED,)})),
        of_ward(WARD_TOTALS.model_copy(update={"text": FORGED}), TOTALS),
    ],
)
def test_a_line_break_in_a_name_makes_no_line_of_its_own(made: Notice) -> None:
    """A name with a line break or a terminal's escapes is shown with them, on the same line."""
    assert made.line == SHOWN
    assert set(made.proof) <= {SHOWN}


def test_the_lines_of_a_reject_are_those_of_its_faults() -> None:
    """Each fault is a line; a control character or another kind of line break in it is shown."""
    made = of_reject(_reject("a\u2028b: \x1b[2J\nc\rd: two"), "rehearsal")

    assert made.line == r"Not counted: t.declarations/0/1: a\u2028b: \x1b[2J"
    assert made.proof == (r"c\rd: two",)


def test_what_is_parked_is_said_to_be_kept() -> None:
    """It is not lost, and counts later by itself."""
    made = of_reject(_reject("a: b").model_copy(update={"reason": "parked"}), "rehearsal")

    assert made.line == "Kept, does not count: t.declarations/0/1: a: b"


def test_a_result_that_another_source_has_put_right_is_another_notice() -> None:
    """Under the same revision, as each source numbers its own words."""
    first = WARD_TOTALS.model_copy(update={"revision": 1, "correction": None})
    right = first.model_copy(update={"correction": "transcription", "seats_won": {"PP53": 3}})
    again = right.model_copy(update={"seats_won": {"PP52": 3}})
    ids = [of_ward(ward, TOTALS).id for ward in (first, right, again, again)]

    assert len(set(ids)) == 3
    assert ids[-2] == ids[-1]


@pytest.mark.parametrize("letter", ["x", "\x1b", "\U000e0001", "\n", "@", "€"])
def test_a_notice_at_the_bounds_can_be_sent_and_recorded(letter: str) -> None:
    """The longest texts, and those that become longer by being shown, fit message and ledger."""
    long = an_alert().model_copy(
        update={
            "text": letter * 300,
            "proof": (letter * 1_000,) * 20,
            "name": letter * 200,
            "beat": "flash",
            "paragraph": letter * 600,
            "seats": (AlertSeats(party_id="x", party="Labour", seats=1),) * 30,
        }
    )
    made = [
        of_alert(long),
        of_ward(WARD_TOTALS.model_copy(update={"text": letter * 300}), TOTALS),
        of_reject(_reject(letter * 4_000), "rehearsal"),
    ]
    for each in made:
        assert 0 < len(each.line) <= LINE_LENGTH_MAX
        recorded = Delivery(
            alert_id=each.id,
            channel="desk",
            status="sent",
            text=marked_line(each),
            attempts=1,
            at=datetime(2014, 5, 23, 3, tzinfo=UTC),
        )
        assert recorded.text.startswith("REHEARSAL: ")
        text = compose([each], 250, 2_000)
        assert len(text.title) <= 250
        assert 0 < len(text.body) <= 2_000


@given(st.text(max_size=300), st.lists(st.text(max_size=100), max_size=5))
def test_no_text_makes_more_lines_than_there_are_facts(text: str, proof: list[str]) -> None:
    """Title and body have a line for each fact, and nothing that a terminal obeys."""
    alert = an_alert().model_copy(update={"text": text, "proof": tuple(proof)})

    message = compose([of_alert(alert)], 400, 32_768)

    lines = message.body.splitlines() if proof else [message.body]
    assert message.title.splitlines() in ([], [message.title])
    assert len(lines) <= max(len(proof), 1)
    assert not any(letter < " " for line in lines for letter in line)
