"""What stands of the words that several sources have said of one ballot."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest

from election.declaration import Declaration, declaration
from election.evidence.claim import Claim, Decision, content_of
from election.evidence.weighing import DESK, NOTHING, Doubts, Standing, weigh
from schemas.source import Trust
from tests.support.polls import CON, LAB, LD, declared

LABOUR = declaration(declared("north", [(CON, 480), (LAB, 500), (LD, 20)]))
WINNER = declaration(declared("north", [(LAB, None)], elected=[0]))
SWAPPED = declaration(declared("north", [(CON, 500), (LAB, 480), (LD, 20)]))
DIGIT = declaration(declared("north", [(CON, 480), (LAB, 560), (LD, 20)]))
NO_WORD = declaration(declared("north", [(CON, None), (LAB, None), (LD, None)]))
BY_ANN, BY_ANN_SWAPPED = Standing(LABOUR, ("ann",)), Standing(SWAPPED, ("ann",))
NO_DOUBT = Doubts(*[lambda _: ""] * 4)


WAITS = "it waits for a second source, or the desk"


def claim(source: str, trust: Trust, said: Declaration = LABOUR) -> Claim:
    return Claim(source, trust, said)


def weighed(
    *claims: Claim,
    decision: Decision | None = None,
    doubts: Doubts = NO_DOUBT,
    before: Standing = NOTHING,
    speaker: str = "",
) -> Standing:
    return weigh(claims, decision, doubts, "plurality", before, speaker)


def test_the_word_of_a_final_source_stands_by_itself() -> None:
    """That is the desk's own file, or an agency that is trusted like it."""
    assert weighed(claim("agency", "final")) == Standing(LABOUR, ("agency",))


def test_the_word_of_a_single_source_stands_while_nothing_speaks_against_it() -> None:
    """A stringer at one count."""
    assert weighed(claim("ann", "single")) == Standing(LABOUR, ("ann",))


@pytest.mark.parametrize("doubt", ["odd", "decisive"])
def test_a_single_source_waits_where_it_is_odd_or_decisive(doubt: str) -> None:
    """The reason is the one that was found."""
    doubts = NO_DOUBT._replace(**{doubt: lambda _: "more votes than ballots"})

    found = weighed(claim("ann", "single"), doubts=doubts)

    assert found == Standing(None, held={"ann": "more votes than ballots"})


@pytest.mark.parametrize("doubt", ["odd", "decisive"])
def test_a_final_source_waits_for_nobody_where_it_is_odd_or_decisive(doubt: str) -> None:
    """It is warned of, and counts."""
    doubts = NO_DOUBT._replace(**{doubt: lambda _: "more votes than ballots"})

    assert weighed(claim("agency", "final"), doubts=doubts).declared == LABOUR


@pytest.mark.parametrize("doubt", ["odd", "decisive", "close"])
def test_a_checked_source_waits_where_it_is_odd_decisive_or_close(doubt: str) -> None:
    """A person who counts alone as long as little hangs on it."""
    doubts = NO_DOUBT._replace(**{doubt: lambda _: "a knife edge"})

    assert weighed(claim("ann", "checked")).declared == LABOUR
    assert weighed(claim("ann", "checked"), doubts=doubts) == Standing(
        None, held={"ann": "a knife edge"}
    )


@pytest.mark.parametrize("trust", ["final", "single"])
def test_other_sources_wait_for_nobody_where_it_is_close(trust: Trust) -> None:
    """An agency is no more likely to have slipped there."""
    doubts = NO_DOUBT._replace(close=lambda _: "a knife edge")

    assert weighed(claim("agency", trust), doubts=doubts).declared == LABOUR


def test_a_close_word_of_two_checked_sources_stands() -> None:
    """The second pair of eyes has seen the same."""
    doubts = NO_DOUBT._replace(close=lambda _: "a knife edge")

    found = weighed(claim("ann", "checked"), claim("bob", "checked"), doubts=doubts)

    assert found == Standing(LABOUR, ("ann", "bob"))


def test_two_checked_sources_that_differ_where_it_is_close_leave_nothing_standing() -> None:
    """Neither is right because it came first."""
    doubts = NO_DOUBT._replace(close=lambda _: "a knife edge")

    found = weighed(claim("ann", "checked"), claim("bob", "checked", SWAPPED), doubts=doubts)

    assert found == Standing(None, held={"ann": "a knife edge", "bob": "a knife edge"})


@pytest.mark.parametrize("trust", ["final", "single", "checked", "second"])
def test_what_cannot_be_right_stands_from_nobody(trust: Trust) -> None:
    """Whoever says it."""
    doubts = NO_DOUBT._replace(wrong=lambda _: "not nominated")

    assert weighed(claim("ann", trust), doubts=doubts).held == {"ann": "not nominated"}


def test_a_second_source_alone_never_stands() -> None:
    """It waits for another."""
    found = weighed(claim("site", "second"))

    assert found.declared is None
    assert found.held == {"site": "it waits for a second source, or the desk"}


@pytest.mark.parametrize("trusts", [("second", "second"), ("second", "single")])
def test_two_sources_that_agree_stand_however_odd_it_is(trusts: tuple[Trust, Trust]) -> None:
    """The second entry is what the doubt was waiting for."""
    doubts = NO_DOUBT._replace(odd=lambda _: "ten times", decisive=lambda _: "control")
    both = [claim(name, trust) for name, trust in zip(("ann", "bob"), trusts, strict=True)]

    assert weighed(*both, doubts=doubts) == Standing(LABOUR, ("ann", "bob"))


def test_winners_alone_second_the_votes_and_are_completed_by_them() -> None:
    """Both say the same of every seat."""
    found = weighed(claim("ann", "second", WINNER), claim("bob", "second"))

    assert found.sources == ("ann", "bob")
    assert found.declared is not None
    assert {each.votes for each in found.declared.candidates} == {480, 500, 20}


def test_two_seconds_that_differ_in_a_digit_leave_nothing_standing() -> None:
    """Neither seat nor votes, though both have the same winner."""
    found = weighed(claim("ann", "second"), claim("bob", "second", DIGIT))

    assert found.declared is None
    assert set(found.held) == {"ann", "bob"}


def test_of_two_final_sources_that_differ_the_first_stands() -> None:
    """The other is disputed, until the desk decides."""
    found = weighed(claim("agency", "final"), claim("file", "final", SWAPPED))

    assert found == Standing(LABOUR, ("agency",), ("file",))


def test_more_trust_replaces_what_stood() -> None:
    """Whoever spoke first."""
    both = claim("ann", "single", SWAPPED), claim("agency", "final")
    found = weighed(*both, before=BY_ANN_SWAPPED)

    assert found == Standing(LABOUR, ("agency",), ("ann",))


def test_two_that_agree_replace_one_alone() -> None:
    """Two have more standing than the one that spoke first."""
    found = weighed(
        claim("ann", "single", SWAPPED),
        claim("bob", "second"),
        claim("site", "second"),
        before=BY_ANN_SWAPPED,
    )

    assert found == Standing(LABOUR, ("bob", "site"), ("ann",))


def test_a_word_that_stands_is_not_doubted_again() -> None:
    """Control may have come to hang on it since."""
    doubts = NO_DOUBT._replace(decisive=lambda _: "control")

    assert weighed(claim("ann", "single"), doubts=doubts, before=BY_ANN).declared == LABOUR


def test_a_correction_that_waits_leaves_what_stood() -> None:
    """It would take back a call that has been made."""
    doubts = NO_DOUBT._replace(decisive=lambda _: "control")

    found = weighed(claim("ann", "single", SWAPPED), doubts=doubts, before=BY_ANN)

    assert found == Standing(LABOUR, ("ann",), held={"ann": "control"})


def test_a_word_that_is_withdrawn_does_not_stand() -> None:
    """A source that states nothing any more says nothing."""
    assert weighed(claim("ann", "single", NO_WORD), before=BY_ANN) == Standing(None)


def test_what_the_desk_accepts_stands_from_any_source() -> None:
    """All others are disputed."""
    decision = Decision(1, "accept", content_of(SWAPPED), SWAPPED)

    found = weighed(claim("agency", "final"), claim("site", "second", SWAPPED), decision=decision)

    assert found == Standing(SWAPPED, ("site",), ("agency",))


def test_a_decision_about_what_nobody_has_said_yet_waits_for_it() -> None:
    """Until then the rest is weighed as if there were none."""
    decision = Decision(1, "accept", content_of(SWAPPED))

    assert weighed(claim("agency", "final"), decision=decision).declared == LABOUR


def test_what_the_desk_accepted_stands_though_its_source_says_something_else_since() -> None:
    """The newest decision rules; what comes later and differs is disputed."""
    decision = Decision(1, "accept", content_of(SWAPPED), SWAPPED)

    found = weighed(claim("ann", "single"), decision=decision, before=BY_ANN_SWAPPED)

    assert found == Standing(SWAPPED, (DESK,), ("ann",))


def test_the_desk_lets_nothing_stand_that_cannot_be_right() -> None:
    """As nominations came after its decision; the words are weighed as if there were none."""
    doubts = NO_DOUBT._replace(wrong=lambda said: "not nominated" if said == SWAPPED else "")
    decision = Decision(1, "figure", figures=SWAPPED)

    assert weighed(claim("ann", "single"), decision=decision, doubts=doubts) == BY_ANN


def test_a_word_that_waits_moves_nothing_though_others_have_been_waiting() -> None:
    """Two agreed; one of them says something else now, and a third has been disputed."""
    found = weighed(
        claim("bob", "second", DIGIT),
        claim("site", "second"),
        claim("ann", "single", SWAPPED),
        before=Standing(LABOUR, ("bob", "site"), ("ann",)),
        speaker="bob",
    )

    assert found == Standing(LABOUR, ("bob", "site"), ("ann",), {"bob": WAITS})


def test_only_whoever_says_what_then_stands_brings_it_about() -> None:
    """A word that waited because control hung on it waits on, whatever somebody else says."""
    found = weighed(
        claim("ann", "single"),
        claim("site", "second", SWAPPED),
        before=Standing(None, held={"ann": "control"}),
        speaker="site",
    )

    assert found == Standing(None, held={"ann": "control", "site": WAITS})


def test_what_a_final_source_takes_back_does_not_stand_by_a_second_one() -> None:
    """The other waits again, as if it had spoken alone."""
    found = weighed(
        claim("agency", "final", NO_WORD),
        claim("site", "second"),
        before=Standing(LABOUR, ("agency", "site")),
        speaker="agency",
    )

    assert found == Standing(None, held={"site": WAITS})


def test_a_second_source_that_takes_its_word_back_moves_nothing_that_stands_without_it() -> None:
    """Two final sources differ in votes; the one whose word stands says something else now."""
    found = weighed(
        claim("file", "final", WINNER),
        claim("agency", "final", SWAPPED),
        claim("site", "second", NO_WORD),
        before=Standing(LABOUR, ("file", "agency", "site")),
        speaker="site",
    )

    assert found.declared == LABOUR


def test_who_says_more_than_what_stands_waits_and_who_says_less_does_not() -> None:
    """One of two seats stands by a source that is trusted more."""
    both = declaration(declared("north", [(LAB, None), (CON, None)], 2, elected=[0, 1]))
    one = declaration(declared("north", [(LAB, None)], 2, elected=[0]))
    more = weighed(claim("agency", "final", one), claim("site", "second", both))
    less = weighed(claim("agency", "final", both), claim("site", "second", one))

    assert (more.declared, more.sources, more.disputed) == (one, ("agency",), ())
    assert more.held == {"site": f"it says more than what stands, and {WAITS.removeprefix('it ')}"}
    assert less == Standing(both, ("agency",))


def test_what_was_taken_back_does_not_stand_on_for_what_others_say() -> None:
    """Whoever said it says nothing any more, and the other says something else."""
    found = weighed(
        claim("ann", "single", NO_WORD),
        claim("site", "second", SWAPPED),
        before=BY_ANN,
        speaker="ann",
    )

    assert found == Standing(None, held={"site": WAITS})


def test_nothing_stands_once_the_desk_has_cleared_a_ballot() -> None:
    """Whatever is said, until it decides again."""
    found = weighed(claim("agency", "final"), decision=Decision(1, "clear"), before=BY_ANN)

    assert found.declared is None
    assert found.held == {"agency": "the desk has decided that nothing stands"}


def test_a_figure_of_the_desks_own_stands() -> None:
    """Sources that say the same confirm it."""
    decision = Decision(1, "figure", figures=LABOUR)

    found = weighed(claim("agency", "final", SWAPPED), claim("ann", "second"), decision=decision)

    assert found == Standing(LABOUR, (DESK, "ann"), ("agency",))


def test_what_the_desk_refuses_does_not_stand_from_anybody() -> None:
    """The next word does."""
    decision = Decision(1, refused=(content_of(SWAPPED),))

    found = weighed(claim("agency", "final", SWAPPED), claim("ann", "single"), decision=decision)

    assert found == Standing(LABOUR, ("ann",), held={"agency": "the desk has refused it"})


@pytest.mark.parametrize(
    "claims",
    [
        (claim("agency", "final"), claim("ann", "single", SWAPPED), claim("bob", "second", DIGIT)),
        (claim("agency", "final", SWAPPED), claim("ann", "second", WINNER)),
    ],
)
def test_after_a_decision_every_order_of_the_words_leaves_the_same(
    claims: Sequence[Claim],
) -> None:
    """Also what agrees with it, and what contradicts it."""
    decision = Decision(1, "figure", figures=LABOUR)
    found = [weighed(*order, decision=decision) for order in permutations(claims)]

    assert {each.declared for each in found} == {LABOUR}
    assert len({(frozenset(each.sources), frozenset(each.disputed)) for each in found}) == 1
