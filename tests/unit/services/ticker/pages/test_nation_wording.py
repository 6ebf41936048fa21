"""What councils come to together, in sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest

from schemas.national import NationalCouncils, NationalParty, PartKind, Projection
from services.ticker.pages.nation_wording import (
    council_name,
    part_title,
    published,
    sentences,
    share,
)
from tests.support.national import CONSERVATIVE, LABOUR, NO_CONTROL, national
from tests.support.ticking import ELECTION


def test_every_number_says_what_it_covers() -> None:
    """And a council gained or lost whose it was or is."""
    control, eve_of_poll, last_election, defended, votes = sentences(LABOUR, national())

    assert control == (
        "Councils: gained 6 (4 from Con, 2 from no overall control); lost 1 to no overall control;"
        " net +5 over 40 councils whose control before is known."
    )
    assert eve_of_poll == (
        "Seats: +669 since just before this election, over 133 councils whose seats before are"
        " known."
    )
    assert last_election == (
        "Seats: +324 since the last election, over 130 councils whose seats then are known,"
        " estimated in 3 councils with new boundaries."
    )
    assert defended == (
        "Seats it had before: 1,600 over 133 councils whose seats before are known, 120 of them"
        " still to come."
    )
    assert votes == "Votes: 31.4% of all votes, 1,234,567 over 141 councils whose votes are known."


def test_nothing_is_said_of_what_is_not_known() -> None:
    """No number, and no dash."""
    assert sentences(NationalParty(party_id="PP63"), national()) == []
    assert sentences(CONSERVATIVE, national()) == [
        "Councils: lost 4 to Lab; net −4 over 40 councils whose control before is known."
    ]


def test_no_overall_control_is_gained_and_lost_as_well() -> None:
    """A council that changes to it is a gain of nobody's."""
    (said,) = sentences(NO_CONTROL, national())

    assert said.startswith("Councils: gained 1 from Lab; lost 2 to Lab; net −1 over")


def test_one_council_is_one() -> None:
    """In the singular, and without a word about councils redrawn if there are none."""
    one = NationalParty(
        party_id="PP53",
        councils_change=0,
        councils_change_covers=1,
        change_last_election=2,
        change_last_election_covers=1,
    )

    assert sentences(one, national(councils=NationalCouncils())) == [
        "Councils: none gained or lost; net 0 over 1 council whose control before is known.",
        "Seats: +2 since the last election, over 1 council whose seats then are known.",
    ]


def test_a_projection_is_said_to_be_somebody_elses() -> None:
    """With its time if it has one."""
    fields = {"name": "PNS", "shares": {"PP53": 35.0}, "entered_by": "Ann"}
    told = Projection(source="BBC", published_at=datetime(2014, 5, 23, 3, 10, tzinfo=UTC), **fields)

    assert published(told, ELECTION) == "as published by BBC at 04.10"
    assert published(Projection(source="BBC", **fields), ELECTION) == "as published by BBC"


@pytest.mark.parametrize(("given", "shown"), [(35.0, "35%"), (31.44, "31.4%"), (0.04, "0%")])
def test_a_share_has_one_decimal_at_most(given: float, shown: str) -> None:
    """As the broadcasters have them."""
    assert share(given) == shown


def test_every_kind_of_part_has_a_title() -> None:
    """All of them different."""
    titles = [part_title(kind) for kind in get_args(PartKind)]

    assert all(titles)
    assert len(set(titles)) == len(titles)


def test_a_council_is_named_by_its_id() -> None:
    """Where nothing else is known of it."""
    assert council_name("local.st-albans.2014-05-22") == "St Albans"
