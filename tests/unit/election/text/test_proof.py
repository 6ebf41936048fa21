from __future__ import annotations

from election.text.proof import control_proof, proof
from schemas.council import ControlSpell, PartyStanding
from tests.support.polls import (
    CON,
    LAB,
    LD,
    as_a_whole,
    counted,
    declared,
    opened,
    ward,
    won,
)

WARDS = [ward(name, 1, {CON: 1, LAB: 1, LD: 1}) for name in ("north", "south", "west")]
BLANK = [ward(name) for name in ("north", "south", "west")]


def test_every_change_in_the_proof_has_its_baseline() -> None:
    """There are two baselines; the last election is notional if boundaries were redrawn."""
    standing = (
        PartyStanding(party_id=CON, seats_eve_of_poll=3, seats_last_election=2),
        PartyStanding(party_id=LAB, seats_eve_of_poll=0, seats_last_election=1),
        PartyStanding(party_id=LD, seats_eve_of_poll=0, seats_last_election=0),
    )
    events = [won("north", LAB), won("south", LAB), won("west", CON)]
    plain = counted(opened(*WARDS, standing=standing), *events)
    redrawn = counted(opened(*WARDS, standing=standing, last_election_notional=True), *events)

    assert proof(plain)[2:4] == (
        "against the eve of poll: LAB +2, CON −2",
        "against the last election: LAB +1, CON −1",
    )
    assert "against the last election (notional): LAB +1, CON −1" in proof(redrawn)
    assert proof(plain)[1] == "3 of 3 wards declared"


def test_open_seats_are_in_the_proof() -> None:
    """How many wards have declared, and how many seats are still to come."""
    assert "1 of 3 wards declared, 2 seats open" in proof(
        counted(opened(*WARDS), won("north", LAB))
    )
    assert "2 of 3 wards declared, 1 seat open" in proof(
        counted(opened(*WARDS), won("north", LAB), won("west", LAB))
    )


def test_seats_in_no_listed_ward_are_in_the_proof() -> None:
    """Nobody can wait for them, so a reader must learn of them."""
    counts = counted(opened(*WARDS, total=5, seats_vacant=None), won("north", LAB))
    whole = counted(opened(total=5, seats_vacant=None), as_a_whole({LAB: 3}))
    final = counted(opened(total=5, seats_vacant=None), as_a_whole({LAB: 3}, final=True))

    assert "1 of 3 wards declared, 4 seats open, 2 of them in no ward that is listed" in proof(
        counts
    )
    assert proof(whole)[1] == "running score, 2 seats open"
    assert proof(final)[1] == "declared as a whole"


def test_a_proof_has_a_line_for_each_fact_there_is_and_no_other() -> None:
    """The history is there if it is given, the decisive ward if there is one."""
    spells = (ControlSpell(control="NOC", since=2006),)
    count = counted(
        opened(*WARDS, control_history=spells),
        won("north", LAB),
        declared("south", [(CON, 100), (LAB, 5_000), (LD, 7)]),
        won("west", LD),
    )
    bare = counted(opened(*WARDS, before=CON), won("north", LAB))

    history = "NOC since 2006: Labour's first majority here"
    facts = (
        "LAB 2, LD 1 of 3; majority 2",
        "3 of 3 wards declared",
        "South: PP53 1 (LAB) 5,000, PP52 1 (CON) 100",
    )
    assert proof(count) == (*facts, history)
    assert control_proof(count) == (
        *facts,
        "South: 2,451 voters from PP53 1 (LAB) 5,000 to PP52 1 (CON) 100",
        history,
    )
    assert proof(bare) == (
        "so far LAB 1 of 3; majority 2",
        "1 of 3 wards declared, 2 seats open",
        "can end with: LAB 1–3, CON 0–2, LD 0–2",
    )


def test_the_history_of_a_party_without_a_short_name_has_its_label() -> None:
    """The label is that of the opening."""
    local = PartyStanding(party_id="PP1", party="Local Party")
    count = counted(
        opened(*BLANK, standing=(local,), control_history=(ControlSpell(control=LAB, since=1973),)),
        won("north", "PP1"),
        won("south", "PP1"),
    )

    assert proof(count)[-1] == "Labour since 1973: Local Party's first majority here"


def test_the_history_of_a_party_that_nobody_has_named_has_its_id() -> None:
    """Nothing else is known of it."""
    count = counted(
        opened(*BLANK, control_history=(ControlSpell(control=LAB, since=1973),)),
        won("north", "PP1"),
        won("south", "PP1"),
    )

    assert proof(count)[-1] == "Labour since 1973: PP1's first majority here"
