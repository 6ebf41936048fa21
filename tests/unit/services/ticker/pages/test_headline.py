"""What a council's page says first."""

from __future__ import annotations

from typing import Any

from schemas.examples import WARD_TOTALS
from schemas.totals import CouncilTotals, Decider
from services.ticker.pages.headline import count_so_far, page_headline
from tests.support.past_night import totals_after


def council(portion: float, **given: Any) -> CouncilTotals:
    """Returns Barnet in 2014 after a portion of its declarations, with other values for some."""
    (totals,) = totals_after("barnet-2014", portion)
    return totals.model_copy(update=given)


def needing(totals: CouncilTotals, **needs: int | None) -> CouncilTotals:
    """Returns a council whose parties lack so many seats, given as `con=1`; the others are out."""
    ids = {"PP52": "con", "PP53": "lab", "PP90": "ld"}
    parties = tuple(
        party.model_copy(update={"needs": needs.get(ids.get(party.party_id, ""))})
        for party in totals.parties
    )
    return totals.model_copy(update={"parties": parties, "control": None})


def decider(ward: str) -> Decider:
    """Returns a ward that control hangs on."""
    return Decider(ballot_paper_id="local.barnet.hale.2014-05-22", ward=ward, text=ward)


def test_it_is_the_wires_line_once_control_is_certain() -> None:
    """As on the wires."""
    assert page_headline(council(1.0)) == "CON HOLD Barnet"


def test_before_that_it_says_who_lacks_how_many_seats_and_what_it_hangs_on() -> None:
    """The news, and not that there is none."""
    open_still = council(0.5, deciders=(decider("Hale"),))

    assert page_headline(needing(open_still, con=1, lab=4)) == (
        "Barnet: Conservatives one short, hangs on Hale"
    )
    assert page_headline(needing(open_still, con=2, lab=2)) == (
        "Barnet: Labour and Conservatives two short each, hangs on Hale"
    )


def test_a_poll_that_was_put_off_is_named_only_if_nothing_else_decides() -> None:
    """It is held on another day, and the news is where the night can be decided."""
    hale, colindale = decider("Hale"), decider("Colindale")
    colindale = colindale.model_copy(
        update={"ballot_paper_id": "local.barnet.colindale.2014-05-22"}
    )
    off = WARD_TOTALS.model_copy(
        update={"ballot_paper_id": colindale.ballot_paper_id, "status": "countermanded"}
    )
    both = needing(council(0.5, deciders=(hale, colindale)), con=2)
    last = needing(council(0.5, deciders=(colindale,)), con=2)

    assert page_headline(both, [off]) == "Barnet: Conservatives two short, hangs on Hale"
    assert page_headline(last, [off]) == "Barnet: Conservatives two short, hangs on Colindale"


def test_where_it_hangs_on_many_wards_it_counts_them() -> None:
    """Naming half of the wards would say nothing."""
    totals = needing(
        council(0.5, deciders=(), wards_declared=9, wards_total=21), lab=12, con=12, ld=12
    )

    assert page_headline(totals) == "Barnet: 3 parties 12 short of a majority, 12 wards to come"
    assert page_headline(needing(totals, con=3)) == (
        "Barnet: Conservatives three short of a majority, 12 wards to come"
    )
    assert count_so_far(totals) == "9 of 21 wards declared"


def test_while_nothing_is_declared_it_says_so() -> None:
    """Seats that were not up are no news."""
    totals = needing(council(0.5, wards_declared=0), con=1)

    assert page_headline(totals) == "Barnet: no result yet"
