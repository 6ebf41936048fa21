"""A form becomes the next word of whoever has the key, or says what is wrong with it."""

from __future__ import annotations

import pytest

from election.evidence.no_poll import content_of_no_poll
from election.fold import apply
from schemas.council import CouncilOpened
from schemas.events import Event, encode_event
from schemas.source import Trust
from schemas.ward import WardDeclared, WardStatus
from services.access.holder import Holder
from services.entry.figure import UnusableFigureError, people_id
from services.entry.notice_form import known_notice, statuses_for
from services.entry.own_word import known_revision, own_state
from services.entry.word_form import (
    Word,
    fields_of,
    fields_to_type_again,
    nominees_of,
    word_of,
)
from services.review.decision import MeanwhileError
from tests.support.polls import CON, LAB, LD, ballot, noticed, opened, ward
from tests.support.sources import by, decision, heard, result

OPENING = opened(ward("abbey", 1, {CON: 1, LAB: 1}), ward("east", 3, {CON: 3, LD: 1}))
ANN = Holder("ann", "single", "stringer")


def form(*before: Event, name: str = "abbey", opening: CouncilOpened = OPENING) -> dict[str, str]:
    """Returns the hidden fields of a form that was made after events."""
    council, _ = heard(opening, *before)
    known = council.wards[ballot(name)]
    return {
        "say": "result",
        "people": people_id(nominees_of(known)),
        "revision": str(known_revision(known, ANN.id)),
        "notice": str(known_notice(known)),
    }


def word(
    fields: dict[str, str],
    *before: Event,
    name: str = "abbey",
    opening: CouncilOpened = OPENING,
    holder: Holder = ANN,
) -> Word:
    """Returns what a form says after events."""
    council, _ = heard(opening, *before)
    return word_of(fields, council, council.wards[ballot(name)], holder)


FIGURES = {"votes-0": "480", "votes-1": "520"}
VOTES = FIGURES | {"elected-1": "yes"}


def test_a_word_is_that_of_the_key() -> None:
    """With the trust that the key has for the council; the note about its source names nobody."""
    event = word(form() | VOTES)

    assert isinstance(event, WardDeclared)
    assert (event.source_id, event.trust, event.revision) == ("ann", "single", 1)
    assert event.source == "reported at the count"


def test_the_same_form_gives_the_same_bytes_before_and_after_it_arrived() -> None:
    """So that a repeat has the same id, and the fold changes nothing by it."""
    fields = form() | VOTES
    first = word(fields)
    again = word(fields, first)
    council, _ = heard(OPENING, first)

    assert encode_event(again) == encode_event(first)
    assert apply(again, council)[0] is council


def test_what_is_corrected_has_the_next_revision() -> None:
    """The form has what was sent."""
    first = word(form() | VOTES | {"ballots": "1,010", "turnout": "38.4%", "lot-1": "yes"})
    council, _ = heard(OPENING, first)
    kept = fields_of(council.wards[ballot("abbey")], "ann")
    second = word(form(first) | kept | {"votes-0": "490"}, first)

    assert kept == {
        "votes-0": "480",
        "votes-1": "520",
        "elected-1": "yes",
        "lot-1": "yes",
        "ballots": "1010",
        "turnout": "38.4",
    }
    assert second.revision == 2


def test_a_form_of_before_another_word_says_nothing() -> None:
    """Neither after a correction nor after the word was taken back."""
    fields = form() | VOTES
    first = word(fields)
    second = word(form(first) | VOTES | {"votes-0": "490"}, first)
    gone = word(form(first) | {"say": "withdraw"}, first)

    for later in (second, gone):
        with pytest.raises(MeanwhileError, match="Something else was sent"):
            word(fields, first, later)


def test_what_was_taken_back_can_be_said_again() -> None:
    """As the next revision."""
    first = word(form() | VOTES)
    gone = word(form(first) | {"say": "withdraw"}, first)
    again = word(form(first, gone) | VOTES, first, gone)

    assert (gone.revision, again.revision) == (2, 3)


def test_nothing_can_be_taken_back_that_was_not_said() -> None:
    """Another source's word is not one's own."""
    with pytest.raises(UnusableFigureError, match="nothing to take back"):
        word(form() | {"say": "withdraw"}, by("bea", "single", result("abbey", 1, 2)))


def test_a_form_has_nothing_of_another_source() -> None:
    """Neither its figures nor its revision."""
    council, _ = heard(OPENING, by("bea", "single", result("abbey", 480, 520, revision=7)))
    known = council.wards[ballot("abbey")]

    assert fields_of(known, "ann") == {}
    assert known_revision(known, "ann") == 0


def test_what_another_source_states_otherwise_is_empty_on_the_form() -> None:
    """It is typed again from the declaration; of what the other says there is nothing."""
    first = word(form() | VOTES | {"ballots": "1,010", "elected-1": "yes"})
    other = by("bea", "single", result("abbey", 480, 530))
    council, _ = heard(OPENING, first, other)
    known = council.wards[ballot("abbey")]

    assert fields_to_type_again(known, "ann") == {"votes-1"}
    assert fields_of(known, "ann") == {"votes-0": "480", "elected-1": "yes", "ballots": "1010"}
    assert fields_to_type_again(known, "carl") == frozenset()


def test_of_marks_that_differ_all_are_empty() -> None:
    """Because of one that differs the other is known."""
    first = word(form() | VOTES | {"elected-1": "yes"})
    other = word(form() | {"elected-0": "yes"}, holder=Holder("bea", "single", "stringer"))
    known = heard(OPENING, first, other)[0].wards[ballot("abbey")]

    assert not [name for name in fields_of(known, "ann") if name.startswith("elected")]


def test_under_transfers_only_marks_say_who_is_elected() -> None:
    """First preferences stand beside them."""
    stv = OPENING.model_copy(update={"electoral_system": "stv"})
    with pytest.raises(UnusableFigureError, match="Mark who is elected"):
        word(form(opening=stv) | FIGURES, opening=stv)

    event = word(form(opening=stv) | FIGURES | {"elected-0": "yes"}, opening=stv)
    assert isinstance(event, WardDeclared)
    assert [each.elected for each in event.candidates] == [True, False]


def test_who_is_not_marked_is_beaten_once_every_seat_is() -> None:
    """Until then the others may still be elected."""
    some = word(form(name="east") | {"elected-0": "yes"}, name="east")
    every = {f"elected-{place}": "yes" for place in (0, 1, 3)}
    all_of_them = word(form(name="east") | every, name="east")

    assert isinstance(some, WardDeclared)
    assert isinstance(all_of_them, WardDeclared)
    assert [each.elected for each in some.candidates] == [True, None, None, None]
    assert [each.elected for each in all_of_them.candidates] == [True, True, False, True]


@pytest.mark.parametrize("marked", [{}, {"elected-0": "yes", "elected-1": "yes"}])
def test_votes_of_everybody_come_with_a_mark_for_every_seat(marked: dict[str, str]) -> None:
    """The sheet says who is elected, and only that tells votes with the wrong owners from right."""
    votes = {f"votes-{place}": str(900 - 10 * place) for place in range(4)}
    with pytest.raises(UnusableFigureError, match=f"{len(marked)} of 3 seats marked"):
        word(form(name="east") | votes | marked, name="east")

    every = {f"elected-{place}": "yes" for place in range(3)}
    event = word(form(name="east") | votes | every, name="east")
    assert isinstance(event, WardDeclared)
    assert [each.elected for each in event.candidates] == [True, True, True, False]


def test_a_tie_that_awaits_the_lot_is_said_without_a_mark() -> None:
    """Once the lot is drawn, whoever won it is marked by that."""
    level = {"votes-0": "500", "votes-1": "500"}
    tied, drawn = word(form() | level), word(form() | level | {"lot-1": "yes"})

    assert isinstance(tied, WardDeclared)
    assert isinstance(drawn, WardDeclared)
    assert [each.elected for each in tied.candidates] == [None, None]
    assert [each.elected for each in drawn.candidates] == [False, True]


@pytest.mark.parametrize("more", [0, 1])
def test_where_no_more_stand_than_there_are_seats_everybody_is_marked(more: int) -> None:
    """A seat that is left over has nobody to mark."""
    few = opened(ward("abbey", 2 + more, {CON: 1, LAB: 1}))
    marks = {f"elected-{place}": "yes" for place in range(2)}

    event = word(form(opening=few) | FIGURES | marks, opening=few)
    assert isinstance(event, WardDeclared)
    with pytest.raises(UnusableFigureError, match="Mark who is elected"):
        word(form(opening=few) | FIGURES | {"elected-0": "yes"}, opening=few)


@pytest.mark.parametrize(
    ("trust", "said"),
    [
        ("second", {"countermanded"}),
        ("single", {"counting", "recount", "postponed", "countermanded"}),
        ("checked", {"counting", "recount", "postponed", "countermanded"}),
        ("final", {"counting", "recount", "postponed", "countermanded"}),
    ],
)
def test_a_key_says_of_a_count_what_counts_from_it_or_waits_for_the_desk(
    trust: Trust, said: set[str]
) -> None:
    """Anything else is refused before it is sent: here more stand than there are seats."""
    holder = Holder("ann", trust, "stringer")
    known = {"counting", "recount", "postponed", "countermanded", "uncontested"}

    council, _ = heard(OPENING)

    assert set(statuses_for(council, council.wards[ballot("abbey")], holder)) == said
    for status in said:
        assert isinstance(word(form() | {"say": status}, holder=holder), WardStatus)
    for status in known - said:
        with pytest.raises(UnusableFigureError, match="does not count from the key"):
            word(form() | {"say": status}, holder=holder)


def test_a_notice_is_the_next_of_its_ballot_whoever_said_the_last() -> None:
    """The same again is no new one; a form of before another says so."""
    other = by("bea", "single", noticed("abbey", "recount"))
    second = word(form(other) | {"say": "postponed"}, other)
    same = word(form() | {"say": "recount"}, other)

    assert (second.revision, same.revision) == (2, 1)
    with pytest.raises(MeanwhileError, match="Somebody else has said"):
        word(form() | {"say": "postponed"}, other)


@pytest.mark.parametrize("trust", ["second", "single", "checked", "final"])
def test_that_there_is_no_poll_is_held_under_every_policy(trust: Trust) -> None:
    """No word of a stringer moves seats without a vote, and neither do two."""
    opening = opened(ward("abbey", 2, {CON: 1, LAB: 1}), ward("east", 1, {CON: 1, LAB: 1}))
    fields = form(opening=opening) | {"say": "uncontested"}
    words = [
        word(fields, opening=opening, holder=Holder(name, trust, "stringer"))
        for name in ("ann", "bea")
    ]
    before, _ = heard(opening)
    after, effects = heard(opening, *words)

    assert "waits for the desk" in effects.held
    assert after.tally == before.tally
    assert after.wards[ballot("abbey")].being_checked


def test_no_poll_is_taken_back_and_may_be_said_again() -> None:
    """A form from before that says nothing; what was sent twice is one word."""
    fields = form() | {"say": "countermanded"}
    first = word(fields)
    assert encode_event(word(fields, first)) == encode_event(first)
    gone = word(form(first) | {"say": "withdraw"}, first)
    council, _ = heard(OPENING, first, gone)
    again = word(form(first, gone) | {"say": "countermanded"}, first, gone)
    twice = word(form(first, gone, again) | {"say": "withdraw"}, first, gone, again)

    assert own_state(council.wards[ballot("abbey")], "ann") == "taken back"
    assert (gone.revision, twice.revision) == (1, 2)
    with pytest.raises(MeanwhileError, match="Something else was sent"):
        word(fields, first, gone)


def test_who_has_sent_a_result_takes_it_back_before_saying_that_there_was_no_poll() -> None:
    """One source says one thing of a ballot."""
    first = word(form() | VOTES)

    with pytest.raises(UnusableFigureError, match="does not count from the key"):
        word(form(first) | {"say": "countermanded"}, first)


def test_what_the_desk_has_accepted_cannot_be_taken_back() -> None:
    """It stands by the desk's decision."""
    first = word(form() | {"say": "countermanded"})
    accepted = decision("abbey", ruling="accept", content=content_of_no_poll("countermanded"))

    with pytest.raises(UnusableFigureError, match="tell the desk if that is wrong"):
        word(form(first, accepted) | {"say": "withdraw"}, first, accepted)


@pytest.mark.parametrize("nth", ["0", "21", "two", "1.0", "²"])
def test_a_recount_has_a_number_or_none(nth: str) -> None:
    """Which recount it is may be left out."""
    with pytest.raises(UnusableFigureError, match="is no number of a recount"):
        word(form() | {"say": "recount", "nth": nth})
