from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from drafts.draft import Draft
from drafts.folder import load_templates
from drafts.stories import draft_council, draft_night, is_welsh, withdrawals
from drafts.words import DraftLanguage
from election.council import Council
from election.fold import apply
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.alert import Alert
from schemas.council import CouncilOpened
from schemas.events import Event
from schemas.totals import CouncilTotals
from schemas.ward import Candidate, WardDeclared
from schemas.ward_totals import WardTotals
from tests.support.national import national
from tests.support.ticking import COUNCIL, ELECTION, WARDS, ballot, declared, opened

Counted = tuple[CouncilTotals, list[WardTotals], list[Alert]]


def counted(*events: Event) -> Counted:
    """Returns a council after some events, with its wards and its alerts."""
    council: Council | None = None
    alerts: list[Alert] = []
    for event in events:
        council, effects = apply(event, council)
        alerts += effects.alerts
    assert council is not None
    totals = council_totals(council)
    assert totals is not None
    return totals, [ward_totals(council, each) for each in council.wards], alerts


def story(*events: Event, language: DraftLanguage = "en", **changes: Any) -> Draft:
    """Returns the draft of a council after some events, with fields of its totals changed."""
    totals, wards, alerts = counted(*events)
    totals = totals.model_copy(update=changes)
    return draft_council(load_templates(None)[language], totals, wards, alerts)


def all_won_by(winner: str, wards: Sequence[str] = WARDS) -> list[Event]:
    return [opened(), *(declared(ward, winner) for ward in wards)]


def sentence(draft: Draft, name: str) -> str:
    """Returns the sentence of a name; blank if there is none."""
    return next((each.text for each in draft.sentences if each.name == name), "")


def test_a_gain_says_from_whom_with_seats_and_changes() -> None:
    """The first sentences say who has the council, from whom, and what that is in seats."""
    draft = story(*all_won_by("PP52"))

    assert sentence(draft, "control") == (
        "The Conservatives gained Nowhere from Labour, with 15 of its 15 seats."
    )
    assert sentence(draft, "seats") == (
        "The council now has Conservatives 15 (up nine) and Labour 0 (down nine), compared with"
        " the eve of poll."
    )
    assert sentence(draft, "to-come") == ""


def test_what_is_certain_early_says_that_not_all_is_decided() -> None:
    """A call before the last ward says what is still to come."""
    draft = story(*all_won_by("PP52", WARDS[:3]))

    assert "have gained Nowhere from Labour, though not every seat is known yet" in draft.text
    assert sentence(draft, "to-come") == "Still to come: two wards."
    assert "(up" not in sentence(draft, "seats")


def test_what_is_not_certain_says_who_needs_what() -> None:
    """While control is open, the story says what a majority takes and what can give it."""
    draft = story(*all_won_by("PP52", WARDS[:2]))

    assert sentence(draft, "control") == "Who will control Nowhere is not decided yet."
    assert sentence(draft, "before") == "Before the poll, Labour were in control."


def test_no_overall_control_says_who_is_how_many_short() -> None:
    """The largest party and what it lacks stand where nobody has a majority."""
    with_vacancies = opened().model_copy(update={"seats_total": 18, "seats_vacant": 3})
    draft = story(
        with_vacancies,
        *(declared(ward, "PP53") for ward in WARDS[:3]),
        *(declared(ward, "PP52") for ward in WARDS[3:]),
    )

    assert sentence(draft, "control") == (
        "Labour lost control of Nowhere, where no party has a majority now."
    )
    assert sentence(draft, "largest") == (
        "Labour came first, with nine of the 18 seats, one short of the 10 that make a majority."
    )


def test_a_correction_that_takes_a_call_back_is_told() -> None:
    """The story is drawn from what holds now, and says that it was called otherwise."""
    draft = story(*all_won_by("PP52", WARDS[:3]), declared("Cedar", "PP53", revision=2))

    assert sentence(draft, "control") == "Who will control Nowhere is not decided yet."
    assert sentence(draft, "withdrawn") == (
        "An earlier call of the council for the Conservatives was withdrawn after news from Cedar."
    )


def test_each_withdrawal_stands_beside_what_it_withdrew() -> None:
    """Whoever printed an alert finds it by its id."""
    *_, alerts = counted(*all_won_by("PP52", WARDS[:3]), declared("Cedar", "PP53", revision=2))
    found = withdrawals(alerts)

    assert found
    assert all(taken_back.retracts == told.id for told, taken_back in found)


@pytest.mark.parametrize(
    ("changes", "name", "text"),
    [
        (
            {"wards_being_checked": 2},
            "being-checked",
            "Being checked, and not counted here yet: the result of two wards.",
        ),
        (
            {"wards_disputed": 1},
            "disputed",
            "Disputed by another source: the result of one ward.",
        ),
        (
            {"disputed": True},
            "disputed",
            "Another source contradicts the result of the council.",
        ),
        ({"turnout_percentage": None}, "turnout", ""),
    ],
)
def test_doubts_are_said_and_what_is_unknown_is_not(
    changes: dict[str, Any], name: str, text: str
) -> None:
    """A number in doubt never stands without its doubt."""
    assert sentence(story(*all_won_by("PP52"), **changes), name) == text


def without_nominations() -> CouncilOpened:
    """Returns the council with wards in which anybody may stand."""
    wards = tuple(ward.model_copy(update={"candidates": None}) for ward in opened().wards)
    return opened().model_copy(update={"wards": wards})


def close(votes: int, *others: int) -> WardDeclared:
    """Returns a ward of three seats with one Conservative and Labour candidates."""
    people = [("Ann", "PP52", votes), *((f"L{n}", "PP53", each) for n, each in enumerate(others))]
    return WardDeclared(
        council=COUNCIL,
        ballot_paper_id=ballot("Ash"),
        mode="rehearsal",
        seats_contested=3,
        candidates=tuple(
            Candidate(candidate=name, party_id=party, party=party, votes=each)
            for name, party, each in people
        ),
    )


def test_the_closest_contest_is_between_parties() -> None:
    """Two of one party do not count, however close they are."""
    draft = story(without_nominations(), close(810, 900, 899, 800, 799))

    assert sentence(draft, "closest") == (
        "No contest between parties has been closer so far than Ash, where the Conservatives beat"
        " Labour to a seat by 10 votes."
    )


def test_no_contest_is_called_close_if_one_is_not_known() -> None:
    """Where votes are not stated nobody can say which contest was the closest."""
    totals, wards, alerts = counted(
        without_nominations(), close(810, 900, 899, 800), declared("Beech", "PP52")
    )
    unknown = [
        ward.model_copy(update={"margin": None}) if ward.ward == "Beech" else ward for ward in wards
    ]
    draft = draft_council(load_templates(None)["en"], totals, unknown, alerts)

    assert sentence(draft, "closest") == ""


def test_who_was_beaten_stands_with_office_and_ward() -> None:
    """A notable candidate's defeat is taken from the alert that still stands."""
    notable = opened().wards[0]
    nominees = notable.candidates or ()
    with_office = notable.model_copy(
        update={"candidates": (replace(nominees[0], office="Labour leader"), *nominees[1:])}
    )
    council: CouncilOpened = opened().model_copy(
        update={"wards": (with_office, *opened().wards[1:])}
    )
    events = [council, declared("Ash", "PP52")]

    assert sentence(story(*events), "beaten") == (
        "Among those who lost: Labour leader Ann Labour in Ash."
    )
    assert "Labour leader" not in story(*events, language="cy").text


def test_a_council_of_wales_is_known_by_its_code() -> None:
    """Scotland and England have no stories in Welsh."""
    totals, *_ = counted(opened())

    assert not is_welsh(totals)
    assert is_welsh(totals.model_copy(update={"council_gss": "W06000015"}))
    assert not is_welsh(totals.model_copy(update={"council_gss": ""}))


def test_a_story_in_welsh_has_no_english_sentence() -> None:
    """What has no words in Welsh is left out."""
    draft = story(*all_won_by("PP52"), language="cy")

    assert sentence(draft, "control") == (
        "Mae'r Ceidwadwyr wedi cipio Nowhere oddi ar Lafur, gyda 15 o'r 15 sedd."
    )
    assert " the " not in draft.text


def test_a_night_is_told_with_what_its_numbers_cover() -> None:
    """No change of seats or councils stands without the councils that it adds up."""
    totals, *_ = counted(*all_won_by("PP52"))
    draft = draft_night(load_templates(None)["en"], ELECTION, national(), [totals], [])

    assert "In the 133 councils that are complete" in sentence(draft, "winners")
    assert "Changed hands: Nowhere (Labour to the Conservatives)." in draft.text


def test_a_night_that_nobody_adds_up_is_told_by_its_councils() -> None:
    """Without national totals there are no numbers of the night, and nothing is added up here."""
    totals, *_ = counted(*all_won_by("PP52"))
    draft = draft_night(load_templates(None)["en"], ELECTION, None, [totals], [])

    assert sentence(draft, "parties") == ""
    assert sentence(draft, "changed") == "Changed hands: Nowhere (Labour to the Conservatives)."
