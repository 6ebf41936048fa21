from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.council import ControlSpell, CouncilOpened, Nominee, PartyStanding
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from tests.support.polls import (
    CON,
    LAB,
    LD,
    as_a_whole,
    ballot,
    declared,
    folded,
    noticed,
    opened,
    ward,
    won,
)

STANDING = (
    PartyStanding(party_id=CON, party="Conservative Party", seats_eve_of_poll=3),
    PartyStanding(party_id=LAB, party="Labour Party", seats_eve_of_poll=1, seats_last_election=2),
)
AT = datetime(2026, 5, 8, 3, 0, tzinfo=UTC)
TWO = [
    ward("north", 2, {CON: 2, LAB: 2}, ward_gss="E05000001", expected_at=AT, total_electorate=99),
    ward("south", 1, {CON: 1, LD: 1}),
]


def totals(*events: object) -> CouncilTotals:
    found = council_totals(folded(*events))  # type: ignore[arg-type] # events, whatever their type
    assert found is not None
    return found


def test_a_council_without_an_opening_has_no_totals() -> None:
    """Results alone do not say how many seats there are."""
    assert council_totals(folded(won("north", CON, CON))) is None


def test_totals_say_what_the_council_is() -> None:
    """The totals have the ids, names and facts of the opening."""
    spell = ControlSpell(control=CON, since=1973)
    opening = opened(
        *TWO,
        total=4,
        before=CON,
        council_gss="E07000001",
        last_election_notional=True,
        control_history=(spell,),
    )
    found = totals(opening)

    assert (
        found.council,
        found.election,
        found.council_gss,
    ) == ("local.barsetshire.2026-05-07", "local.2026-05-07", "E07000001")
    assert (
        found.name,
        found.mode,
        found.cycle,
        found.version,
    ) == ("Barsetshire", "rehearsal", "all-out", 1)
    assert (4, 3, True, (spell,)) == (
        found.seats_total,
        found.majority,
        found.last_election_notional,
        found.control_history,
    )


def test_totals_count_seats_and_wards() -> None:
    """Filled at this poll, vacant, and how many wards have declared."""
    opening = opened(*TWO, total=6, not_up={CON: 2}, before="NOC")
    found = totals(opening, won("south", LD))

    assert (
        found.seats_declared,
        found.seats_vacant,
        found.wards_declared,
        found.wards_total,
    ) == (1, 1, 1, 2)
    assert (
        found.control_before,
        found.control,
        found.control_name,
        found.outcome,
        found.incumbent_out,
    ) == ("NOC", None, "", "undetermined", False)


def test_a_ward_on_which_control_hangs_has_the_time_for_which_it_is_expected() -> None:
    """None where nobody has said so, and where the poll is put off."""
    opening = opened(*TWO, before=CON)

    shown = {each.ward: each.expected_at for each in totals(opening).deciders}
    put_off = {each.ward: each for each in totals(opening, noticed("north", "postponed")).deciders}

    assert shown == {"North": AT, "South": None}
    assert put_off["North"].expected_at is None


def test_totals_name_the_controlling_party_and_where_it_was_settled() -> None:
    """And how few would have changed it."""
    found = totals(
        opened(*TWO, standing=STANDING, before=LAB),
        declared("north", [(CON, 90), (CON, 80), (LAB, 70), (LAB, 60)], 2),
    )

    assert (
        found.control,
        found.control_name,
        found.outcome,
        found.incumbent_out,
    ) == (CON, "Conservative Party", "gain", True)
    assert (ballot("north"), 6) == (found.settled_at, found.votes_to_flip)
    assert found.headline == "CON GAIN Barsetshire from LAB"
    assert found.explanation.startswith(found.headline)


def test_parties_come_with_most_seats_first() -> None:
    """Equal parties are in the order of their ids. All that stand or held seats are listed."""
    found = totals(
        opened(*TWO, total=4, standing=STANDING), won("south", LD), noticed("north", "recount")
    )

    assert [(party.party_id, party.seats) for party in found.parties] == [
        (LD, 1),
        (CON, 0),
        (LAB, 0),
    ]


def test_a_party_has_its_range_and_its_two_baselines() -> None:
    """What it holds, can reach and cannot lose, and in the end its change since each baseline."""
    events = [opened(*TWO, total=4, standing=STANDING), won("south", CON)]
    found, result = totals(*events), totals(*events, won("north", CON, LAB))
    con, lab = found.parties[0], found.parties[1]

    assert (
        con.seats_not_up,
        con.seats_won,
        con.seats,
        con.best,
        con.least,
        con.needs,
    ) == (0, 1, 1, 3, 1, 2)
    assert (con.seats_eve_of_poll, con.seats_last_election) == (3, None)
    by_party = {party.party_id: party for party in result.parties}
    con_then, lab_then = by_party[CON], by_party[LAB]
    assert (con_then.change_eve_of_poll, con_then.change_last_election) == (-1, None)
    assert (lab_then.change_eve_of_poll, lab_then.change_last_election) == (0, -1)
    assert lab_then.needs is None
    assert (con.party, lab.party) == ("Conservative Party", "Labour Party")


def test_a_party_that_is_not_listed_had_no_seats_if_all_are_stated() -> None:
    """If one listed party's seats are unknown, so are those of unlisted parties."""
    results = [won("north", CON, CON), won("south", LD)]
    found = totals(opened(*TWO, total=4, standing=STANDING), *results)
    by_party = {party.party_id: party for party in found.parties}

    assert (by_party[LD].change_eve_of_poll, by_party[LD].change_last_election) == (1, None)
    assert totals(opened(*TWO), *results).parties[0].change_eve_of_poll is None


def test_there_is_no_change_before_every_seat_is_decided() -> None:
    """All seats held before, less those declared so far, would be a loss that is none."""
    opening = opened(*TWO, standing=STANDING)
    early = totals(opening, won("north", CON, LAB))
    result = totals(opening, won("north", CON, LAB), won("south", CON))

    assert {each.change_eve_of_poll for each in early.parties} == {None}
    assert {each.change_last_election for each in early.parties} == {None}
    assert (early.complete, result.complete) == (False, True)
    assert result.parties[0].change_eve_of_poll == -1


def test_seats_not_up_cancel_out_of_a_change() -> None:
    """For thirds: they stand in what is held now and in what was held before."""
    standing = (
        PartyStanding(party_id=CON, seats_eve_of_poll=3, seats_not_up=2),
        PartyStanding(party_id=LAB, seats_eve_of_poll=4, seats_not_up=2),
    )
    found = totals(
        opened(*TWO, total=7, cycle="thirds", standing=standing, seats_vacant=0),
        won("north", CON, CON),
        won("south", LD),
    )

    assert {each.party_id: each.change_eve_of_poll for each in found.parties} == {
        CON: 1,
        LAB: -2,
        LD: 1,
    }


def test_while_seats_not_up_are_unknown_there_is_no_change() -> None:
    """What a party keeps is missing from what it holds: the difference would be a false loss."""
    standing = (
        PartyStanding(party_id=CON, seats_eve_of_poll=3, seats_not_up=2),
        PartyStanding(party_id=LAB, seats_eve_of_poll=4),
    )
    found = totals(
        opened(*TWO, total=7, cycle="thirds", standing=standing, seats_vacant=None),
        won("north", CON, CON),
        won("south", LD),
    )

    assert not found.complete
    assert {each.change_eve_of_poll for each in found.parties} == {None}


def test_what_a_whole_result_has_won_is_known_only_apart_from_seats_not_up() -> None:
    """Worcester 2012 has 35 seats, of which a third were up."""
    whole = as_a_whole({CON: 4, LAB: 3})
    stated = (
        PartyStanding(party_id=CON, seats_not_up=2),
        PartyStanding(party_id=LAB, seats_not_up=2),
    )
    blank = (PartyStanding(party_id=CON), PartyStanding(party_id=LAB))

    thirds = opened(total=7, cycle="thirds", standing=stated, seats_vacant=0)
    assert totals(thirds, whole).seats_won_known
    assert totals(opened(total=7, standing=blank), whole).seats_won_known
    assert totals(opened(*TWO, standing=STANDING), won("south", CON)).seats_won_known
    assert not totals(opened(total=7, cycle="thirds", standing=blank), whole).seats_won_known
    assert not totals(opened(total=7, cycle="thirds"), whole).seats_won_known


def test_a_council_declared_as_a_whole_is_complete_although_its_wards_are_listed() -> None:
    """Its result decides every seat, whether or not the wards follow."""
    found = totals(opened(*TWO, before=CON), as_a_whole({CON: 2, LD: 1}))

    assert (found.complete, found.as_a_whole, found.wards_declared) == (True, True, 0)
    assert not totals(opened(*TWO, before=CON)).complete


def test_totals_say_whether_any_vote_is_declared() -> None:
    """What is certain before rests on seats not up and nominations, and decides nothing yet."""
    sure = opened(*TWO, total=9, not_up={LAB: 6}, before=LAB)
    early, later = totals(sure), totals(sure, won("south", CON))

    assert (early.control, early.before_any_vote, early.decided) == (LAB, True, False)
    assert (later.control, later.before_any_vote, later.decided) == (LAB, False, True)
    assert not totals(opened(*TWO), won("south", CON)).decided


def test_the_turnout_of_a_council_is_that_of_all_its_electors() -> None:
    """Weighted by ward; unknown while one ward's is."""
    north = won("north", CON, CON, num_turnout_reported=60, total_electorate=100)
    south = won("south", CON, turnout_percentage=20.0, total_electorate=300)
    silent = won("south", CON)

    assert totals(opened(*TWO), north).turnout_percentage is None
    assert totals(opened(*TWO), north, south).turnout_percentage == 30.0
    assert totals(opened(*TWO), north, silent).turnout_percentage is None


def test_two_standings_of_one_party_add_up() -> None:
    """Joint and Labour members count as Labour; if one number is unknown, so is the sum."""
    joint = PartyStanding(
        party_id="joint-party:53-119",
        party="Labour and Co-operative Party",
        seats_eve_of_poll=4,
    )
    found = totals(
        opened(*TWO, total=9, standing=(joint, *STANDING)),
        won("north", LAB, LAB),
        won("south", CON),
    )
    lab = found.parties[0]

    assert (
        lab.party_id,
        lab.party,
        lab.change_eve_of_poll,
        lab.change_last_election,
    ) == (LAB, "Labour Party", -3, None)


def labelled(*labels: tuple[str, str]) -> CouncilOpened:
    nominees = tuple(
        Nominee(candidate=f"n{place}", party_id=party_id, party=label)
        for place, (party_id, label) in enumerate(labels)
    )
    return opened(ward("north").model_copy(update={"candidates": nominees}))


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        ([(LAB, "Labour"), (LAB, "Labour Party")], "Labour"),
        ([("joint-party:53-119", "Labour and Co-operative Party"), (LAB, "Labour")], "Labour"),
        (
            [("joint-party:53-119", "Labour and Co-operative Party"), (LAB, "")],
            "Labour and Co-operative Party",
        ),
        ([(LAB, "")], ""),
        ([("", "Local Party")], "Local Party"),
    ],
)
def test_a_party_is_called_by_its_own_first_label(labels: list[tuple[str, str]], name: str) -> None:
    """If the standing does not name it, its candidates do; a joint label comes last."""
    assert name == totals(labelled(*labels)).parties[0].party


def test_a_party_that_only_declarations_name_is_called_as_they_do() -> None:
    """This happens if nominations were not known. Ballots that do not count name nobody."""
    event = declared("north", [("PP1", 9), ("PP2", 8)], seats=1)
    people = tuple(replace(each, party=f"Party {each.party_id}") for each in event.candidates)
    result = event.model_copy(update={"candidates": people})
    found = totals(opened(ward("north"), before=None), won("elsewhere", "PP3"), result)

    assert {party.party_id: party.party for party in found.parties} == {
        "PP1": "Party PP1",
        "PP2": "Party PP2",
    }


def test_every_declaration_can_name_a_party() -> None:
    """A party may stand in only one ward."""
    events = []
    for place, party in (("north", "PP1"), ("south", "PP2")):
        event = declared(place, [(party, 9), (CON, 8)])
        labelled = replace(event.candidates[0], party=f"Party {party}")
        events.append(event.model_copy(update={"candidates": (labelled, event.candidates[1])}))
    found = totals(opened(ward("north"), ward("south")), *events)

    assert {party.party_id: party.party for party in found.parties} == {
        "PP1": "Party PP1",
        "PP2": "Party PP2",
        CON: "",
    }


def test_a_party_that_only_a_council_result_names_is_called_as_it_does() -> None:
    """As in 2012, when there were no results by ward."""
    event = as_a_whole({LAB: 2})
    named = event.model_copy(
        update={"seats": tuple(each.model_copy(update={"party": "Labour"}) for each in event.seats)}
    )

    assert totals(opened(total=3), named).control_name == "Labour"


def of_north(*events: object) -> WardTotals:
    return ward_totals(folded(*events), ballot("north"))  # type: ignore[arg-type] # as above


def test_a_waiting_ward_shows_its_nominations() -> None:
    """Who stands, for how many seats, and when it is expected."""
    found = of_north(opened(*TWO))

    assert (
        found.ward,
        found.ward_gss,
        found.seats_contested,
        found.status,
        found.revision,
    ) == ("North", "E05000001", 2, "waiting", 0)
    assert (
        found.expected_at,
        found.total_electorate,
        found.seats_won,
        found.recount,
    ) == (AT, 99, {}, None)
    assert [
        (each.candidate, each.party_id, each.votes, each.elected) for each in found.candidates[:1]
    ] == [("PP52 1", CON, None, None)]
    assert len(found.candidates) == 4


def test_a_recount_shows_its_number() -> None:
    """Which recount it is, while it lasts."""
    events = [opened(*TWO), noticed("north", "recount", recount=3)]

    assert (of_north(*events).status, of_north(*events).recount) == ("recount", 3)
    assert of_north(*events, won("north", CON, LAB)).recount is None


def test_a_declared_ward_shows_its_result() -> None:
    """Elected first, most votes first, with margin, votes to flip and all that was declared."""
    event = declared(
        "north",
        [(LAB, 300), (CON, 510), (CON, 310), (LAB, 290)],
        2,
        revision=2,
        correction="court",
        source="returning officer",
        declared_at=AT,
        num_spoilt_ballots=7,
        num_turnout_reported=800,
        turnout_percentage=40.5,
        total_electorate=2_000,
    )
    found = of_north(opened(*TWO), event)

    assert [(each.candidate, each.elected) for each in found.candidates] == [
        ("PP52 1", True),
        ("PP52 2", True),
        ("PP53 1", False),
        ("PP53 2", False),
    ]
    assert (
        found.status,
        found.revision,
        found.correction,
        found.source,
        found.declared_at,
    ) == ("declared", 2, "court", "returning officer", AT)
    assert (
        found.seats_contested,
        found.seats_won,
        found.margin,
        found.knife_edge,
        found.votes_to_flip,
    ) == (2, {CON: 2}, 10, True, 6)
    assert (
        found.num_spoilt_ballots,
        found.num_turnout_reported,
        found.turnout_percentage,
        found.total_electorate,
    ) == (7, 800, 40.5, 2_000)


def test_a_declaration_without_the_electorate_keeps_that_of_the_opening() -> None:
    """What the declaration leaves out stays as it was."""
    assert of_north(opened(*TWO), won("north", CON, LAB)).total_electorate == 99


def test_a_tied_ward_shows_its_votes_and_no_winner() -> None:
    """Until the lot is drawn."""
    found = of_north(opened(*TWO), declared("north", [(CON, 9), (LAB, 8), (LAB, 7), (CON, 8)], 2))

    assert (
        found.status,
        found.seats_won,
        found.margin,
        found.votes_to_flip,
    ) == ("tied", {}, None, None)
    assert [each.votes for each in found.candidates] == [9, 8, 8, 7]
    assert not found.knife_edge


def test_candidates_are_in_the_order_of_their_votes() -> None:
    """No votes and votes not stated rank alike; one vote ranks above both."""
    event = declared("north", [(CON, 0), (LAB, 1), (LAB, 5), (CON, 7)], 2)

    assert [each.votes for each in of_north(opened(*TWO), event).candidates] == [7, 5, 1, 0]


def test_nominees_keep_their_labels() -> None:
    """The party as on the ballot paper."""
    people = (Nominee(candidate="A", party="Labour and Co-operative Party", party_id=LAB),)
    listed = ward("north").model_copy(update={"candidates": people})

    assert of_north(opened(listed)).candidates[0].party == "Labour and Co-operative Party"


def test_a_declaration_that_does_not_say_who_won_leaves_the_ward_waiting() -> None:
    """Names without votes or flags are no result."""
    found = of_north(opened(*TWO), declared("north", [(CON, None), (LAB, None)], 2))

    assert (found.status, found.seats_won) == ("waiting", {})


def test_an_uncontested_ward_shows_its_nominees_as_elected() -> None:
    """They need no votes."""
    found = of_north(opened(ward("north", 3, {CON: 1, LD: 1})), noticed("north", "uncontested"))

    assert (found.status, found.seats_won) == ("uncontested", {CON: 1, LD: 1})
    assert [each.elected for each in found.candidates] == [True, True]


def test_a_ballot_that_is_not_listed_shows_what_is_known_of_it() -> None:
    """A notice or a result, and a name from its id."""
    council = folded(noticed("north-east", "postponed"), won("south", CON))

    assert (
        ward_totals(council, ballot("north-east")).ward,
        ward_totals(council, ballot("north-east")).seats_contested,
        ward_totals(council, ballot("north-east")).status,
    ) == ("North East", 0, "postponed")
    assert (
        ward_totals(council, ballot("south")).ward,
        ward_totals(council, ballot("south")).seats_contested,
        ward_totals(council, ballot("south")).status,
        ward_totals(council, ballot("south")).seats_won,
    ) == ("South", 1, "declared", {CON: 1})


def test_a_ballot_of_which_nothing_is_known_is_an_error() -> None:
    """The caller asked for a ballot that no event has named."""
    with pytest.raises(KeyError):
        ward_totals(folded(opened(*TWO)), ballot("west"))


def test_votes_to_flip_beyond_what_the_schemas_allow_are_left_out() -> None:
    """Only absurd votes give such figures, and they must not stop the count."""
    most = 10_000_000
    lost = [(CON, most)] * 10
    against_the_votes = declared(
        "north",
        [(CON, 0), (LAB, 0), (LD, 0), ("PP1", 0), *lost],
        3,
        elected=[0, 1, 2],
        revision=2,
        correction="court",
    )
    wards = [ward(name, 1, {CON: 1, LAB: 1}) for name in ("a", "b", "c")]
    won_by_all = [declared(name, [(CON, most), (LAB, 0)]) for name in ("a", "b", "c")]

    assert of_north(opened(ward("north", 3)), against_the_votes).votes_to_flip is None
    assert totals(opened(*wards), *won_by_all).votes_to_flip is None
