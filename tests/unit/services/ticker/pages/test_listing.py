from __future__ import annotations

import re

import pytest

from schemas.party import NOC
from schemas.totals import CouncilTotals
from services.ticker.broadcast.page_key import NightOrder, NightPage, page_key_text, parse_page_key
from services.ticker.feed.election_state import CouncilState, ElectionState
from services.ticker.pages.listing import (
    ORDERS,
    OUTCOMES,
    Choice,
    hidden,
    listed,
    options,
    order_words,
    orders,
    outcome_words,
    row_id,
    tokens_of,
)
from services.ticker.pages.templates import part
from tests.support.past_night import totals_after


@pytest.fixture(scope="module")
def councils() -> list[CouncilTotals]:
    """England 2021, half counted."""
    found = totals_after("england-2021", 0.5, shuffled=True)
    return sorted(found, key=lambda each: each.name)


def state_of(councils: list[CouncilTotals]) -> ElectionState:
    """Returns an election with these councils and nothing else."""
    state = ElectionState(councils[0].election)
    for totals in councils:
        state.councils[totals.council] = CouncilState(totals.model_dump_json().encode())
    return state


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_has_each_council_once(
    councils: list[CouncilTotals], order: NightOrder
) -> None:
    """No council is lost or shown twice, whichever way they are listed, and each list is there."""
    found = orders(state_of(councils), councils, order)
    lists = listed(councils, Choice(order))["list_groups"]

    assert isinstance(lists, tuple)
    assert sorted(row for rows in found.values() for row in rows) == sorted(
        row_id(totals) for totals in councils
    )
    assert order == "near" or {name for name, _ in lists} == set(found)


def test_a_to_z_is_by_name(councils: list[CouncilTotals]) -> None:
    """As the reader knows the names."""
    (rows,) = orders(state_of(councils), councils, "name").values()

    assert list(rows) == [row_id(totals) for totals in councils]


def test_a_filter_leaves_just_what_was_chosen(councils: list[CouncilTotals]) -> None:
    """What each option promises is what is shown; every council is in some option of each kind."""
    found = options(councils)
    for name in ("region", "party", "outcome"):
        for option in {"region": found.regions, "party": found.parties}.get(name, found.outcomes):
            left_out = hidden(councils, Choice(**{name: option.value}))

            assert len(councils) - len(left_out) == option.councils
    assert sum(each.councils for each in found.regions) == len(councils)


def test_filters_are_taken_together(councils: list[CouncilTotals]) -> None:
    """A council has to be all that was chosen."""
    choice = Choice(region="r-south-west", outcome="undecided")
    left_out = hidden(councils, choice)
    shown = [totals for totals in councils if row_id(totals) not in left_out]

    assert shown
    assert all({"r-south-west", "undecided"} <= set(tokens_of(totals)) for totals in shown)


def test_a_council_that_falls_to_none_has_changed_and_is_without_control(
    councils: list[CouncilTotals],
) -> None:
    """It is found by both."""
    decided = next(totals for totals in councils if totals.decided)
    fallen = decided.model_copy(update={"control": NOC, "change": True})

    assert tokens_of(fallen)[-2:] == ("changed", "none")


def test_nobody_leads_before_a_vote_is_counted(councils: list[CouncilTotals]) -> None:
    """Seats that are not up make no leader."""
    waiting = councils[0].model_copy(update={"control": None, "wards_declared": 0})

    assert not [token for token in tokens_of(waiting) if token.startswith("p-")]


def test_each_row_carries_what_the_page_filters_by(councils: list[CouncilTotals]) -> None:
    """So that the page can filter rows that come while it is open."""
    for totals in councils[:20]:
        row = part("night/row.html", totals=totals)
        found = re.search(r'data-is="([^"]*)"', row)

        assert found is not None
        assert found[1].split() == list(tokens_of(totals))


def test_every_order_and_outcome_has_words() -> None:
    """And no two of them the same."""
    words = [order_words(each) for each in ORDERS] + [outcome_words(each) for each in OUTCOMES]

    assert len(set(words)) == len(words)


@pytest.mark.parametrize("order", ORDERS)
def test_the_key_of_an_ordered_night_can_be_read_back(order: NightOrder) -> None:
    """The live updates of a page are of its own order."""
    assert parse_page_key(page_key_text(NightPage(order))) == NightPage(order)
