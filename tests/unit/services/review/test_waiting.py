"""Which ballots wait for the desk, and what it is told of each."""

from __future__ import annotations

from schemas.events import Event
from services.review.waiting import Waiting, waiting
from tests.support.polls import CON, LAB, ballot, declared, opened, ward
from tests.support.sources import by, content, decision, heard, result

OPENING = opened(
    ward("east", 1, {CON: 1, LAB: 1}),
    ward("north", 1, {CON: 1, LAB: 1}),
    ward("south", 1, {CON: 1, LAB: 1}),
    total=9,
)


def found(*events: Event) -> list[Waiting]:
    council, _ = heard(*events)
    return waiting([council])


def test_what_counts_from_one_source_or_two_that_agree_is_not_listed() -> None:
    """The desk has nothing to decide there."""
    north = result("north", 9, 5)

    assert found(OPENING, by("site", "second", north), by("ann", "single", north)) == []
    assert found(OPENING, result("south", 9, 5)) == []


def test_what_is_held_has_its_source_its_trust_its_content_and_the_reason() -> None:
    """All that the desk needs to decide."""
    north = result("north", 9, 5)
    (one,) = found(OPENING, by("site", "second", north))

    assert (one.ballot_paper_id, one.state, one.stands) == (ballot("north"), "held", "")
    (word,) = one.words
    assert (word.source, word.trust, word.became) == ("site", "second", "held")
    assert word.content == content(north)
    assert word.why == "it waits for a second source, or the desk"
    assert word.figures == "PP52 1 9, PP53 1 5"


def test_what_is_disputed_has_both_figures() -> None:
    """What stands, and what contradicts it."""
    (one,) = found(
        OPENING,
        by("agency", "final", result("north", 9, 5)),
        by("ann", "single", result("north", 5, 9)),
    )

    assert (one.state, one.stands) == ("conflict", "PP52 1 9, PP53 1 5")
    assert [(word.source, word.became) for word in one.words] == [
        ("agency", "stands"),
        ("ann", "disputed"),
    ]


def test_a_result_of_a_ballot_that_is_not_known_is_parked() -> None:
    """Also if nobody but the default source has spoken."""
    (one,) = found(OPENING, result("west", 9, 5))

    assert (one.ballot_paper_id, one.state) == (ballot("west"), "parked")
    assert [word.source for word in one.words] == ["default"]


def test_a_correction_that_waits_is_listed_beside_what_stands() -> None:
    """The ward counts as it was, and the desk has something to decide."""
    more = opened(*OPENING.wards, total=3, before=CON)
    (one,) = found(
        more,
        by("agency", "final", result("south", 9, 5)),
        by("ann", "single", result("east", 5, 9)),
        by("agency", "final", result("north", 1, 9)),
        by("ann", "single", result("east", 9, 5)),
    )

    assert (one.ballot_paper_id, one.state) == (ballot("east"), "counted")
    assert [word.became for word in one.words] == ["held"]


def test_what_the_desk_has_not_decided_comes_first() -> None:
    """What it has decided is still listed while somebody contradicts it."""
    ballots = [
        (each.ballot_paper_id, each.ruling)
        for each in found(
            OPENING,
            by("agency", "final", result("east", 9, 5)),
            decision("east", ruling="figure", figure=result("east", 5, 9)),
            by("site", "second", result("north", 9, 5)),
        )
    ]

    assert ballots == [(ballot("north"), ""), (ballot("east"), "figure")]


def test_the_json_has_every_field() -> None:
    """Numbers and texts alone, so that it can be printed."""
    (one,) = found(OPENING, by("site", "second", declared("north", [(CON, 9)], elected=[0])))

    assert one.as_json() == {
        "ballot_paper_id": ballot("north"),
        "council": "local.barsetshire.2026-05-07",
        "name": "North, Barsetshire",
        "state": "held",
        "stands": "",
        "decisions": 0,
        "ruling": "",
        "words": [
            {
                "source": "site",
                "trust": "second",
                "content": content(declared("north", [(CON, 9)], elected=[0])),
                "became": "held",
                "why": "it waits for a second source, or the desk",
                "figures": "PP52 1 9 elected",
            }
        ],
    }
