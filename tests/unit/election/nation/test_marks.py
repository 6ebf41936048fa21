"""When a mark is told, and when it is taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from election.nation.mark import Mark
from election.nation.place import Part
from election.nation.plan import MARKS_MAX, ExpectedCouncil, NightPlan
from election.nation.totals import national_totals
from schemas.national import COUNCILS_MAX, NIGHT_PARTIES_MAX
from schemas.party import NOC
from tests.support.nights import (
    after,
    alerts_of,
    change,
    council,
    council_id,
    digest,
    party,
    plan,
)
from tests.support.polls import CON, LAB

GAINS = Mark(name="Labour past 9", count="seats_change", party=LAB, at_least=10)
AT = datetime(2026, 5, 8, 1, 15, tzinfo=UTC)
LONDON = Part("region", "London")
COVERED = "over 1 decided council whose control before is known"


def test_a_mark_is_told_once_when_it_holds() -> None:
    """And not again when another council takes the night further past it."""
    said = [change("Leeds", 1, 6), change("York", 1, 3), change("Bath", 1, 2), change("Hull", 1, 9)]

    assert alerts_of(said, plan(GAINS)) == [("raise", "Labour past 9")]


def test_the_line_says_the_number_what_it_covers_and_which_council_it_came_with() -> None:
    """So that it can be filed as it is."""
    found = after([change("Leeds", 1, 6), change("York", 1, 5)], plan(GAINS))
    (alert,) = found.alerts

    assert alert.text == (
        "MILESTONE Labour past 9: Labour +11 over 2 complete councils whose seats before are"
        " known, against the eve of poll, with York."
    )
    assert alert.proof == (
        "Labour +11 over 2 complete councils whose seats before are known, against the eve of poll",
        "Leeds +6, York +5",
        "2 of 2 councils complete, 0 decided",
    )
    assert (alert.kind, alert.council, alert.name) == ("milestone", None, "Labour past 9")


def test_councils_that_come_later_do_not_take_a_mark_back() -> None:
    """It was true of the councils that it was told of, and the page says the number now."""
    said = [change("Leeds", 1, 6), change("York", 1, 5), change("Bath", 1, -20)]

    assert alerts_of(said, plan(GAINS)) == [("raise", "Labour past 9")]


def test_a_correction_of_a_council_that_it_stands_on_takes_it_back() -> None:
    """With the id of what is withdrawn, and the council whose facts have changed."""
    first = after([change("Leeds", 1, 6), change("York", 1, 5)], plan(GAINS))
    found = after([change("York", 2, 3)], plan(GAINS), first.night)
    (alert,) = found.alerts

    assert (alert.action, alert.retracts) == ("retract", first.alerts[0].id)
    assert alert.text == (
        "WITHDRAWN: MILESTONE Labour past 9, after York was corrected; now Labour +9 over 2"
        " complete councils whose seats before are known, against the eve of poll."
    )
    assert [each.retracted for each in found.night.marks.milestones] == [True]


def test_a_correction_that_leaves_it_true_over_all_does_not() -> None:
    """It stands on all the councils then, and later ones take nothing away again."""
    said = [
        change("Leeds", 1, 6),
        change("York", 1, 5),
        change("Bath", 1, 4),
        change("York", 2, 2),
        change("Hull", 1, -30),
    ]

    assert alerts_of(said, plan(GAINS)) == [("raise", "Labour past 9")]
    assert alerts_of([*said, change("Bath", 2, 1)], plan(GAINS))[1:] == [
        ("retract", "Labour past 9")
    ]


def test_a_mark_that_is_told_again_has_another_id() -> None:
    """So that a channel that has dropped the first as withdrawn sends the second."""
    said = [
        change("Leeds", 1, 6),
        change("York", 1, 5),
        change("York", 2, 3),
        change("York", 3, 4),
    ]
    night = None
    told = []
    for each in said:
        found = after([each], plan(GAINS), night)
        night, told = found.night, [*told, *found.alerts]

    assert [alert.action for alert in told] == ["raise", "retract", "raise"]
    assert len({alert.id for alert in told}) == 3


def test_a_ward_that_is_taken_back_takes_its_council_out_of_the_sum() -> None:
    """A council in mid-count looks like a loss, so it does not count."""
    said = [change("Leeds", 1, 6), change("York", 1, 5), change("York", 2, 5, complete=False)]

    assert alerts_of(said, plan(GAINS))[-1] == ("retract", "Labour past 9")


def test_losses_are_marked_from_below() -> None:
    """At most minus ten is a loss of ten."""
    losses = Mark(name="Labour lose 10", count="seats_change", party=LAB, at_most=-10)

    assert alerts_of([change("Leeds", 1, -6), change("York", 1, -4)], plan(losses)) == [
        ("raise", "Labour lose 10")
    ]


def test_fewer_councils_than_a_number_are_told_only_when_that_is_certain() -> None:
    """Every council that is not decided, or not opened, may still be the party's."""
    few = Mark(name="Fewer than 2", count="councils", party=CON, below=2)
    of = plan(few, expected=("Leeds", "York", "Bath"))
    said = [
        council("Leeds", control=CON),
        council("York", control=LAB),
        council("Bath"),
        council("Bath", 2, control=NOC),
    ]

    assert alerts_of(said[:3], of) == []
    assert alerts_of(said, of) == [("raise", "Fewer than 2")]
    assert alerts_of([*said, council("York", 2)], of)[1:] == [("retract", "Fewer than 2")]


def test_without_a_list_nobody_knows_how_few_it_can_be() -> None:
    """A council that nobody has opened may be the party's."""
    few = Mark(name="Fewer than 2", count="councils", party=CON, below=2)
    last = Mark(name="All in", count="councils_awaited", at_most=0)

    assert alerts_of([council("York", control=LAB, complete=True)], plan(few, last)) == []


def test_a_council_whose_place_is_unknown_may_be_anywhere() -> None:
    """So nothing is certain of London while it is open."""
    few = Mark(name="None in London", count="councils", party=CON, below=1, where=LONDON)
    of = plan(few, expected=("Leeds", "Barnet"))
    barnet = council("Barnet", control=LAB, council_gss="E09000002")
    leeds = council("Leeds", 1)

    assert alerts_of([barnet, leeds], of) == []
    assert alerts_of([barnet, leeds, council("Leeds", 2, control=NOC)], of) == [
        ("raise", "None in London")
    ]


def test_a_mark_of_a_part_counts_its_councils_only() -> None:
    """And its line says which part."""
    gains = Mark(name="London", count="seats_change", party=LAB, at_least=3, where=LONDON)
    leeds = change("Leeds", 1, 6, council_gss="E06000001")
    barnet = change("Barnet", 1, 3, council_gss="E09000002")
    found = after([leeds, barnet], plan(gains))

    assert alerts_of([leeds, barnet], plan(gains)) == [("raise", "London")]
    assert found.alerts[0].text == (
        "MILESTONE London: Labour +3 over 1 complete council whose seats before are known, against"
        " the eve of poll, in London, with Barnet."
    )


def test_the_last_council_is_named_as_to_come() -> None:
    """By the newsroom's list, whether it is opened or not."""
    last = Mark(name="One to come", count="councils_awaited", at_most=1)
    found = after(
        [council("Leeds", complete=True, control=LAB)], plan(last, expected=("Leeds", "York"))
    )

    assert found.alerts[0].text == (
        "MILESTONE One to come: York to come of 2 councils, with Leeds."
    )


@pytest.mark.parametrize(
    ("count", "limit", "at", "line"),
    [
        ("seats_won", 6, 1, "Labour 6 seats won in 2 councils"),
        ("councils", 2, 1, "Labour 2 of 2 decided councils"),
        ("councils_change", 1, 0, f"Labour +1 {COVERED}"),
        ("councils_gained", 1, 0, f"Labour 1 gained {COVERED}"),
        ("councils_decided", 2, 1, "2 of 2 councils"),
        ("councils_complete", 1, 1, "1 of 2 councils"),
    ],
)
def test_every_count_is_told_in_its_words(count: Any, limit: int, at: int, line: str) -> None:
    """With the number, and what it covers."""
    of_party = {} if count in {"councils_decided", "councils_complete"} else {"party": LAB}
    mark = Mark(name="Mark", count=count, at_least=limit, **of_party)
    said = [
        council("Leeds", 1, party(LAB, 2), control=LAB, before=CON),
        council("York", 1, party(LAB, 4), control=LAB, complete=True),
    ]
    night = None
    texts = []
    for each in said:
        found = after([each], plan(mark), night)
        night = found.night
        texts.append([alert.text for alert in found.alerts])

    assert texts[at] == [f"MILESTONE Mark: {line}, with {said[at].name}."]


def test_councils_lost_are_counted_for_whom_they_were() -> None:
    """Who has them now is another mark."""
    lost = Mark(name="First loss", count="councils_lost", party=CON, at_least=1)
    said = [council("Leeds", control=NOC, before=CON)]

    assert alerts_of(said, plan(lost)) == [("raise", "First loss")]


def test_without_a_file_a_night_has_the_marks_that_every_desk_wants() -> None:
    """A party's first council, each hundred gained or lost; half, all but one and all councils."""
    of = plan(expected=("Leeds", "York", "Bath"), default=True)
    said = [
        council("Leeds", 1, party(LAB, eve=150), party(CON, eve=-90), control=LAB, complete=True),
        council("York", 1, party(LAB, eve=60), party(CON, eve=-70), control=NOC, complete=True),
        council("Bath", 1, control=LAB),
        council("Bath", 2, control=LAB, complete=True),
    ]

    assert alerts_of(said, of) == [
        ("raise", "First council for Labour"),
        ("raise", "Labour reach 100 net gains"),
        ("raise", "Half of the councils decided"),
        ("raise", "One council to come"),
        ("raise", "Conservatives reach 100 net losses"),
        ("raise", "Labour reach 200 net gains"),
        ("raise", "All councils complete"),
    ]


def test_without_a_list_no_default_mark_says_how_many_are_to_come() -> None:
    """Nobody knows it."""
    said = [council("Leeds", control=NOC, complete=True)]

    assert alerts_of(said, plan(default=True)) == []


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " "}, "name: blank"),
        ({"name": "a\nb"}, "name: U+000A"),
        ({"count": "seats"}, "count: 'seats'; give one of seats_won"),
        ({"party": ""}, "party: blank"),
        ({"party": NOC}, "party: NOC; it has no seats"),
        ({"count": "councils_decided"}, "party: 'PP53'; leave it out"),
        ({"at_most": 3}, "2 of at_least, at_most and below; give exactly one"),
        ({"at_least": None}, "0 of at_least, at_most and below"),
        ({"at_least": 2_000_000}, "at_least: 2000000; give at most 1,000,000"),
        ({"count": "seats_won", "at_least": None, "at_most": 5}, "at_most: seats_won only grows"),
        ({"count": "councils_awaited", "party": ""}, "councils_awaited only falls"),
        ({"count": "councils", "at_least": 0}, "at_least: 0 holds from the start"),
        ({"baseline": "1997"}, "baseline: '1997'; give one of eve_of_poll"),
        ({"where": Part("region", "")}, "where: region ''"),
        ({"where": Part("county", "Kent")}, "where: kind 'county'"),  # type: ignore[arg-type] # refused
    ],
)
def test_a_mark_that_cannot_be_told_rightly_is_refused(fields: dict[str, Any], wrong: str) -> None:
    """With its field, its value and what to do."""
    good = {"name": "Mark", "count": "seats_change", "party": LAB, "at_least": 10}

    with pytest.raises(ValueError, match=r"^mark ") as error:
        Mark(**{**good, **fields})

    assert wrong in str(error.value)


def test_two_marks_of_one_number_are_refused() -> None:
    """One of them would never be told."""
    again = Mark(name="Ten", count="seats_change", party=LAB, at_least=10)

    with pytest.raises(ValueError, match="the same as 'Labour past 9'; leave out one"):
        plan(GAINS, again)


def test_a_plan_has_a_limit_of_marks() -> None:
    """A desk reads them all."""
    marks = [
        Mark(name=str(number), count="seats_won", party=LAB, at_least=number)
        for number in range(1, MARKS_MAX + 2)
    ]

    with pytest.raises(ValueError, match="201 marks; give at most 200"):
        plan(*marks)


@pytest.mark.parametrize(
    ("listed", "wrong"),
    [
        ([ExpectedCouncil("barnet", "Barnet")], "not a council election id"),
        ([ExpectedCouncil(council_id("Ely"), "E\nly")], "U\\+000A"),
        ([ExpectedCouncil(council_id("Ely"), "e" * 301)], "301 characters; give at most 300"),
        (
            [ExpectedCouncil(council_id(f"c{number}"), "C") for number in range(COUNCILS_MAX + 1)],
            "1001 of local.2026-05-07; give at most 1000",
        ),
    ],
    ids=["no id", "hidden", "long", "many"],
)
def test_a_list_of_councils_that_cannot_be_shown_is_refused(
    listed: list[ExpectedCouncil], wrong: str
) -> None:
    """Before the night, and not when its totals are made."""
    with pytest.raises(ValueError, match=wrong):
        NightPlan(expected=tuple(listed))


def test_the_longest_names_fit_into_every_line() -> None:
    """What the schemas take can be told, withdrawn, shown and summed up."""
    name, label = "n" * 300, "ü" * 200
    key = "k" * 200
    marks = [
        Mark(name=f"{count} {'m' * 60}", count=count, party=key, at_least=1)
        for count in ("seats_won", "seats_change", "councils", "councils_gained")
    ]
    of = plan(*marks, expected=[f"{'c' * 20}{number}" for number in range(9)])
    told = [
        council(
            "Leeds", 1, party(key, 5, eve=4, label=label), control=key, before=CON, complete=True
        ),
        council("Leeds", 2, party(key, 0, label=label)),
    ]
    said = [each.model_copy(update={"name": name}) for each in told]
    night = None
    actions = []
    for each in said:
        found = after([each], of, night)
        night = found.night
        actions += [alert.action for alert in found.alerts]
    found = after([said[0].model_copy(update={"version": 3}), digest(AT)], of, night)

    assert actions == ["raise"] * 4 + ["retract"] * 4
    assert len(found.alerts[0].text) <= 300
    assert national_totals(found.night, "night", "", of).parties[0].party == label


def test_parties_beyond_the_limit_are_those_that_rank_last() -> None:
    """No overall control stays: it is the last row of every table."""
    night = None
    for number in range(40):
        rows = [party(f"{number}-{place}", int(not place)) for place in range(150)]
        night = after([council(f"c{number}", 1, *rows, control=NOC)], plan(), night).night
    assert night is not None
    found = national_totals(night, "night", "", plan()).parties

    assert len(found) == NIGHT_PARTIES_MAX
    assert [row.seats_won for row in found[:41]] == [1] * 40 + [0]
    assert found[-1].party_id == NOC
