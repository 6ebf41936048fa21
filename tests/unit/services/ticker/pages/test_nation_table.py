"""Which parties of a night have a row of their own."""

from __future__ import annotations

from schemas.national import NationalParty
from services.ticker.pages.nation_table import Others, controls, party_table, winners
from tests.support.national import CONSERVATIVE, LABOUR, LOCALS, NO_CONTROL, national


def test_local_parties_without_a_council_are_counted_together() -> None:
    """Their seats are added up; a change has no row, as they cover different councils."""
    table = party_table(national())

    assert table.rows == (LABOUR, CONSERVATIVE, NO_CONTROL)
    assert table.others == Others(2, 5)


def test_a_local_party_that_controls_or_has_lost_a_council_has_a_row() -> None:
    """It is news."""
    held = LOCALS[0].model_copy(update={"councils": 1})
    lost = LOCALS[1].model_copy(update={"councils_change": -1, "councils_change_covers": 1})

    table = party_table(national(parties=(LABOUR, held, lost)))

    assert table.rows == (LABOUR, held, lost)
    assert table.others is None


def test_a_party_that_has_won_and_lost_nothing_is_left_out() -> None:
    """No overall control is there even with no council."""
    nothing = NationalParty(party_id="PP63", party="Green Party", seats_won=0, seats_won_covers=9)
    none = NationalParty(party_id="NOC")

    assert party_table(national(parties=(LABOUR, nothing, none))).rows == (LABOUR, none)


def test_an_unknown_baseline_has_no_column() -> None:
    """A night without the seats held before has no columns of dashes."""
    known = party_table(national())
    unknown = party_table(national(parties=(CONSERVATIVE,)))

    assert (known.has_eve_of_poll, known.has_last_election) == (True, True)
    assert (unknown.has_eve_of_poll, unknown.has_last_election) == (False, False)


def test_a_part_names_a_few_parties() -> None:
    """Those that control councils, and those with most seats first."""
    many = tuple(
        NationalParty(party_id=f"PP{number}", councils=number, seats_won=number)
        for number in range(1, 10)
    )
    region = national(parties=many)

    assert [party.party_id for party in winners(region)] == [f"PP{n}" for n in range(9, 3, -1)]
    assert len(controls(region)) == 6
