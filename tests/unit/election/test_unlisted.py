from election.fold import apply
from election.totals import council_totals
from schemas.council import CouncilOpened, PartyStanding
from schemas.council_result import CouncilDeclared, PartySeats

BIRMINGHAM = "local.birmingham.2012-05-03"
OPENED = CouncilOpened(
    council=BIRMINGHAM,
    name="Birmingham",
    mode="rehearsal",
    cycle="thirds",
    seats_total=120,
    control_before="NOC",
    wards_unlisted=True,
    standing=(
        PartyStanding(party_id="PP53", party="Labour Party", seats_not_up=48),
        PartyStanding(party_id="PP52", party="Conservative and Unionist Party", seats_not_up=21),
        PartyStanding(party_id="PP90", party="Liberal Democrats", seats_not_up=11),
    ),
)


def test_seats_without_a_listed_ward_are_open_to_anyone() -> None:
    """A source without wards does not say who stands, so nothing is certain before its result."""
    council, effects = apply(OPENED, None)
    totals = council_totals(council)

    assert totals is not None
    assert (totals.control, totals.outcome, totals.seats_vacant) == (None, "undetermined", 0)
    assert {party.party_id: (party.least, party.best) for party in totals.parties} == {
        "PP53": (48, 88),
        "PP52": (21, 61),
        "PP90": (11, 51),
    }
    assert effects.alerts == ()


def test_the_result_of_the_whole_council_settles_it() -> None:
    """Labour with 77 of 120 seats gains Birmingham from no overall control."""
    council, _ = apply(OPENED, None)
    seats = {"PP53": 77, "PP52": 28, "PP90": 15}
    declared = CouncilDeclared(
        council=BIRMINGHAM,
        mode="rehearsal",
        seats=tuple(PartySeats(party_id=party, seats=held) for party, held in seats.items()),
    )

    council, effects = apply(declared, council)

    assert [(alert.kind, alert.control, alert.outcome) for alert in effects.alerts] == [
        ("control", "PP53", "gain_from_noc"),
        ("result", "PP53", "gain_from_noc"),
    ]
