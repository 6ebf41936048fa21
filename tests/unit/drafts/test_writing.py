from __future__ import annotations

import pytest

from drafts.blocks import Fault, blocks
from drafts.conditions import parse_conditions
from drafts.draft import Draft
from drafts.facts import Basis, Choice, Facts, Flag, Name, Number, Party, Several
from drafts.template import story_template
from drafts.words import DraftLanguage, Words, read_words
from drafts.writing import write

BASIS = Basis("council", "local.nowhere.2014-05-22", 3, "/councils/local.nowhere.2014-05-22")

WORDS = """
[numbers]
2: two
[list]
last: " and "
[noun seat]
one: {n} seat
other: {n} seats
[party other]
name: {label}
the: {label}
[party PP52]
name: Conservatives
the: the Conservatives
"""


def words(text: str = WORDS, language: DraftLanguage = "en") -> Words:
    faults: list[Fault] = []
    found = read_words(language, "words.txt", blocks("words.txt", text, faults), faults)
    assert faults == []
    return found


def story(text: str, facts: Facts) -> Draft:
    faults: list[Fault] = []
    template = story_template("council.txt", blocks("council.txt", text, faults), faults)
    assert faults == []
    return write(template, words(), facts)


def number(value: float) -> Number:
    return Number(value, BASIS)


def test_a_sentence_whose_fact_is_missing_is_left_out() -> None:
    """Nothing is written in place of what is not known."""
    text = "[sentence a]\ntext: Turnout was {turnout:percent}.\n[sentence b]\ntext: That is all."

    assert story(text, {}).text == "That is all."
    assert story(text, {"turnout": number(41.25)}).text == "Turnout was 41.2%. That is all."


def test_the_first_wording_that_fits_is_written() -> None:
    """A wording with a condition goes before one without, as the file has them."""
    text = "[sentence a]\nwhen: outcome is gain\ntext: Gained.\ntext: Not gained."

    assert story(text, {"outcome": Choice("gain")}).text == "Gained."
    assert story(text, {"outcome": Choice("hold")}).text == "Not gained."


def test_a_condition_is_for_the_next_text_only() -> None:
    """What stands below the text is free of it."""
    text = "[sentence a]\nwhen: complete\ntext: {seats} in all.\ntext: More may come."

    assert story(text, {}).text == "More may come."


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("complete", True),
        ("not complete", False),
        ("missing", False),
        ("not missing", True),
        ("seats at least 2", True),
        ("seats at least 3", False),
        ("seats at most 2", True),
        ("missing at most 2", False),
        ("outcome is gain", True),
        ("outcome is not gain", False),
        ("missing is not gain", False),
        ("complete, seats at most 1", False),
    ],
)
def test_conditions_hold_as_they_read(condition: str, holds: bool) -> None:  # noqa: FBT001
    """All that is joined by commas must hold, and nothing holds of what is unknown but `not`."""
    facts: Facts = {"complete": Flag(), "seats": number(2), "outcome": Choice("gain")}

    assert all(each.holds(facts) for each in parse_conditions(condition)) is holds


def test_numbers_are_words_where_the_language_has_some_and_rest_on_their_basis() -> None:
    """A span says the number's value and what it was taken from; words rest on nothing."""
    draft = story(
        "[sentence a]\ntext: {seats:seat} of {all} changed.",
        {"seats": number(2), "all": number(1_536)},
    )
    first, of, every, _ = draft.sentences[0].spans

    assert draft.text == "Two seats of 1,536 changed."
    assert (first.text, first.value, first.basis) == ("Two seats", 2, BASIS)
    assert (of.value, of.basis) == (None, None)
    assert every.value == 1_536


def test_a_list_has_a_part_for_each_thing() -> None:
    """Parts may have conditions of their own, and the last join is another than the others."""
    text = (
        "[sentence a]\ntext: {parties:party}.\n"
        "[part party]\nwhen: up\ntext: {party:the} up\ntext: {party} {seats}"
    )
    facts: Facts = {
        "parties": Several(
            (
                {"party": Party("PP52", "Conservative and Unionist Party"), "up": Flag()},
                {"party": Party("Our Town", "Our Town"), "seats": number(1)},
                {"party": Party("Mine", "Mine"), "seats": number(3)},
            )
        )
    }

    assert story(text, facts).text == "The Conservatives up, Our Town 1 and Mine 3."


def test_a_list_that_would_lack_one_of_its_things_is_not_written() -> None:
    """A list of all parties but one would be untrue."""
    text = "[sentence a]\ntext: {parties:party}.\n[part party]\ntext: {party} {seats}"
    facts: Facts = {
        "parties": Several(
            ({"party": Party("A", "A"), "seats": number(1)}, {"party": Party("B", "B")})
        )
    }

    assert story(text, facts).text == ""


def test_of_more_than_eight_sentences_the_most_important_stay_in_their_order() -> None:
    """A story has eight sentences at most."""
    sentences = [f"[sentence {name}]\nimportance: 6\ntext: {name}." for name in "abcdefgh"]
    text = "\n".join(["[sentence least]\nimportance: 2\ntext: Least.", *sentences])

    assert story(text, {}).text == "A. B. C. D. E. F. G. H."


def test_names_stay_as_their_source_has_them() -> None:
    """What looks like a place in a name is no place."""
    facts: Facts = {"ward": Name("{seats} & Sons", BASIS), "seats": number(2)}

    assert story("[sentence a]\ntext: In {ward}.", facts).text == "In {seats} & Sons."


def test_welsh_numbers_change_the_noun_behind_them() -> None:
    """The forms of a noun follow the plural categories of Welsh."""
    welsh = words(
        "[noun pleidlais]\none: {n} bleidlais\nmany: {n} phleidlais\nother: {n} pleidlais", "cy"
    )

    assert [welsh.counted(value, "pleidlais") for value in (1, 4, 6)] == [
        "1 bleidlais",
        "4 pleidlais",
        "6 phleidlais",
    ]
