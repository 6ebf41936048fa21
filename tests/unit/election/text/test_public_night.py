"""What the public reads of marks that a night has passed, and of its digests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from election.nation.mark import Mark
from schemas.party import NOC
from tests.support.nights import after, change, council, digest, party, plan
from tests.support.polls import CON, LAB

MARKS = [
    (
        Mark(name="Labour gains", count="seats_change", party=LAB, at_least=2),
        (
            "Labour have three more seats than before the election, counting one council with a"
            " full result and known seats before. The latest figures from Ayr took it there."
        ),
    ),
    (
        Mark(name="Labour seats", count="seats_won", party=LAB, at_least=2),
        (
            "Labour have now won three seats, by the results of one council. The latest figures"
            " from Ayr took it there."
        ),
    ),
    (
        Mark(name="First for Labour", count="councils", party=LAB, at_least=1),
        "Labour have control of a first council in this election: Ayr.",
    ),
    (
        Mark(name="Gained", count="councils_gained", party=LAB, at_least=1),
        (
            "Labour have taken control of one more council, counting one council decided. The"
            " latest figures from Ayr took it there."
        ),
    ),
    (
        Mark(name="Lost", count="councils_lost", party=NOC, at_least=1),
        (
            "One party has won control of one council in which none had it before, counting one"
            " council decided. The latest figures from Ayr took it there."
        ),
    ),
    (
        Mark(name="Declared", count="councils_complete", at_least=1),
        "Every seat is declared in 1 of 2 councils. The latest figures from Ayr took it there.",
    ),
    (
        Mark(name="To come", count="councils_awaited", at_most=1),
        "One of two councils is still to finish: Bath. The latest figures from Ayr took it there.",
    ),
]


@pytest.mark.parametrize(("mark", "text"), MARKS)
def test_a_mark_is_told_in_a_sentence_with_what_it_covers(mark: Mark, text: str) -> None:
    """The number, of how many councils it is, and the council that took the night there."""
    said = change("Ayr", 1, 3, control=LAB, before=NOC)

    (alert,) = after([said], plan(mark, expected=("Ayr", "Bath"))).alerts

    assert alert.paragraph == text


def test_a_withdrawn_mark_is_named_and_the_number_now() -> None:
    """And whose figures were corrected."""
    mark = Mark(name="Labour past two gains", count="seats_change", party=LAB, at_least=2)

    (alert,) = after([change("Ayr", 1, 3), change("Ayr", 2, 1)], plan(mark)).alerts

    assert alert.action == "retract"
    assert alert.paragraph == (
        "An earlier report is withdrawn: “Labour past two gains”. It no longer stands, after"
        " figures of Ayr were corrected. Labour have one more seat than before the election,"
        " counting one council with a full result and known seats before."
    )


def test_a_digest_says_how_far_the_night_is_and_what_changed_hands() -> None:
    """With times as a newspaper writes them, and no word of the wires."""
    said = [
        council("Ayr", 1, party(LAB, 3), control=LAB, before=CON, complete=True),
        council("Bath", 1, party(CON, 2), control=NOC, before=CON),
        council("Cork", 1, party(CON, 4), control=CON, before=CON),
        council("Deal", 1, party(LAB, 1), control=LAB, before=NOC),
        digest(datetime(2026, 5, 7, 21, 30, tzinfo=UTC)),
    ]

    (alert,) = after(said, plan()).alerts

    assert alert.paragraph == (
        "At 22.30, one of four councils had declared every seat. Labour won Ayr from the"
        " Conservatives. The Conservatives lost control of Bath. Labour won control of Deal, where"
        " no party had a majority. In one council, control stays as it was. The Conservatives have"
        " won six seats so far and Labour 4."
    )
