"""What a stringer is told of their own word, beside the words of others that they may not see."""

from __future__ import annotations

from election.council import Council
from election.evidence.differing import NOTHING_DIFFERS, Differing
from schemas.events import Event
from services.entry.own_word import OwnWord, own_word
from tests.support.polls import CON, LAB, ballot, declared, opened, ward
from tests.support.sources import by, content, decision, heard, result

OPENING = opened(
    *(ward(name, 1, {CON: 1, LAB: 1}) for name in ("north", "south", "east")), before=CON
)
CLOSE, OTHER = result("north", 509, 500), result("north", 501, 500)
WAITS = "it waits for a second source, or the desk"
LAB_ONLY = Differing(frozenset({1}))


def of(source: str, *events: Event) -> OwnWord:
    council: Council
    council, _ = heard(OPENING, *events)
    own = own_word(council.wards[ballot("north")], source)
    assert own is not None
    return own


def test_who_has_said_nothing_is_told_nothing() -> None:
    """Not even that somebody else has."""
    alone, _ = heard(OPENING)
    after, _ = heard(OPENING, by("bob", "checked", CLOSE))

    for council in (alone, after):
        assert own_word(council.wards[ballot("north")], "ann") is None


def test_a_word_that_counts_says_who_seconds_it() -> None:
    """Nobody yet, or others by the ids of their keys."""
    clear = result("north", 900, 500)
    alone = of("ann", by("ann", "checked", clear))
    seconded = of("ann", by("ann", "checked", clear), by("site", "second", clear))

    assert (alone.state, alone.seconded_by, alone.why) == ("counts", (), "")
    assert (seconded.state, seconded.seconded_by) == ("counts", ("site",))


def test_a_word_that_waits_says_why() -> None:
    """By its own figures."""
    own = of("ann", by("ann", "checked", CLOSE))

    assert own.state == "checked"
    assert own.why == f"votes: 9 between PP52 1 and PP53 1, a knife edge; {WAITS}"
    assert own.differing == NOTHING_DIFFERS


def test_two_that_wait_and_differ_are_both_told_in_which_fields() -> None:
    """And who says something else, and not what."""
    words = by("ann", "checked", CLOSE), by("bob", "checked", result("north", 509, 505))
    for source, another in (("ann", "bob"), ("bob", "ann")):
        own = of(source, *words)

        assert own.state == "checked"
        assert own.why.endswith(f"\n{another} says something else; look at the declaration again")
        assert own.contradicted_by == (another,)
        assert own.differing == LAB_ONLY


def test_a_dispute_is_told_to_who_stands_and_to_who_does_not() -> None:
    """Either may have slipped."""
    words = (
        by("ann", "checked", result("north", 900, 500)),
        by("bob", "checked", result("north", 900, 590)),
    )
    for source, another in (("ann", "bob"), ("bob", "ann")):
        own = of(source, *words)

        assert (own.state, own.contradicted_by) == ("disputed", (another,))
        assert own.differing == LAB_ONLY


def test_what_stands_is_contradicted_too_though_its_source_has_moved_on() -> None:
    """Its new word cannot be right."""
    own = of(
        "ann",
        by("agency", "single", result("north", 900, 500)),
        by("agency", "single", declared("north", [("PP66", 70), (LAB, 50)])),
        by("ann", "second", result("north", 900, 590)),
    )

    assert (own.state, own.contradicted_by, own.differing) == ("disputed", ("agency",), LAB_ONLY)


def test_what_cannot_be_right_contradicts_nobody() -> None:
    """It is its sender who looks again."""
    stranger = declared("north", [("PP66", 70), (LAB, 50)])
    words = by("ann", "checked", CLOSE), by("site", "second", stranger)

    assert of("ann", *words).contradicted_by == ()
    assert of("site", *words).state == "checked"
    assert "not among those nominated" in of("site", *words).why


def test_what_the_desk_has_decided_is_told() -> None:
    """Nobody is asked to correct what is settled."""
    words = by("ann", "checked", CLOSE), by("bob", "checked", OTHER)
    accepted = decision("north", ruling="accept", content=content(CLOSE))
    refused = decision("north", ruling="refuse", content=content(CLOSE))
    cleared = decision("north", ruling="clear")

    assert of("ann", *words, accepted).state == "counts"
    assert of("bob", *words, accepted)[1:3] == ("set aside", "the desk has decided otherwise")
    assert of("bob", *words, accepted).differing == NOTHING_DIFFERS
    assert of("ann", *words, refused)[1:3] == ("set aside", "the desk has refused it")
    assert of("bob", *words, refused).contradicted_by == ()
    assert of("ann", *words, cleared)[1:3] == (
        "set aside",
        "the desk has decided that nothing stands",
    )


def test_a_figure_of_the_desk_seconds_who_says_the_same() -> None:
    """The desk is named as it is in the log."""
    figure = CLOSE.model_copy(update={"source": "the sheet"})
    own = of("ann", by("ann", "checked", CLOSE), decision("north", ruling="figure", figure=figure))

    assert (own.state, own.seconded_by) == ("counts", ("desk",))


def test_a_word_that_was_taken_back_is_no_word_of_the_past() -> None:
    """Its figures are gone."""
    nothing = declared("north", [(CON, None), (LAB, None)])
    own = of("ann", by("ann", "checked", CLOSE), by("ann", "checked", nothing))

    assert own.state == "taken back"


def test_a_word_that_says_less_than_what_stands_changes_nothing() -> None:
    """Such as a count that goes on."""
    less = declared("north", [(CON, 509), (LAB, 500)], elected=[])
    own = of("ann", by("agency", "final", CLOSE), by("ann", "checked", less))

    assert own.state == "less"
    assert own.differing == NOTHING_DIFFERS
