from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from drafts.catalogue import COUNCIL_FACTS, NIGHT_FACTS, Known
from drafts.council_facts import council_facts
from drafts.draft import Draft
from drafts.facts import Choice, Fact, Facts, Flag, Moment, Name, Number, Party, Several
from drafts.folder import load_templates
from drafts.night_facts import night_facts
from drafts.stories import draft_council, draft_night
from drafts.words import LANGUAGES
from tests.support.drafted import DraftedNight, drafted_night

KINDS: dict[type[Fact], str] = {
    Number: "number",
    Name: "name",
    Party: "party",
    Moment: "time",
    Flag: "flag",
    Choice: "choice",
    Several: "several",
}
SENTENCES_MIN, SENTENCES_MAX = 3, 8
NIGHTS = ("barnet-2014", "three-boroughs-2022", "councils-2012", "london-2014", "england-2021")


def at(document: Any, pointer: str) -> Any:
    """Returns what a JSON pointer leads to (RFC 6901, for keys without ~ and /)."""
    for key in pointer.split("/")[1:]:
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


def assert_rests_on(draft: Draft, documents: Mapping[tuple[str, str], Any]) -> None:
    """Asserts that each number is the sum that it says, and that no other digit is written."""
    for sentence in draft.sentences:
        for span in sentence.spans:
            if span.basis is None:
                assert span.value is None
                continue
            if span.value is None:
                continue
            document = documents[span.basis.kind, span.basis.id]
            plus = sum(at(document, pointer) for pointer in span.basis.plus)
            minus = sum(at(document, pointer) for pointer in span.basis.minus)
            assert round(plus - minus, 6) == round(span.value, 6), (sentence.text, span)
            assert says(span.text, span.value), (sentence.text, span)


def says(text: str, value: float) -> bool:
    """Returns whether a span's own digits are those of its value, to one decimal place."""
    digits = re.search(r"\d[\d,]*(?:\.\d+)?", text)
    return digits is None or float(digits.group().replace(",", "")) == round(abs(value), 1)


def assert_known(facts: Facts, known: Mapping[str, Known]) -> None:
    """Asserts that templates are told of each fact, under its name and by its kind."""
    for name, fact in facts.items():
        assert name in known, name
        assert KINDS[type(fact)] == known[name].kind, name
        for each in fact.each if isinstance(fact, Several) else ():
            assert_known(each, known[name].each)


def documents_of(night: DraftedNight) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {
        ("night", night.night.election): json.loads(night.night.model_dump_json())
    }
    for totals, wards, _ in night.councils:
        found["council", totals.council] = json.loads(totals.model_dump_json())
        for ward in wards:
            found["ward", ward.ballot_paper_id] = json.loads(ward.model_dump_json())
    return found


@settings(max_examples=12, deadline=None)
@given(
    name=st.sampled_from(NIGHTS),
    portion=st.sampled_from((0.0, 0.1, 0.5, 0.9, 1.0)),
    seed=st.integers(0, 1_000),
)
def test_each_number_in_a_draft_is_in_the_totals_it_rests_on(
    name: str, portion: float, seed: int
) -> None:
    """Whenever a council or a night is drafted, every number can be looked up where it says."""
    night = drafted_night(name, portion, seed)
    documents = documents_of(night)
    templates = load_templates(None)
    everybody = [totals for totals, _, _ in night.councils]
    for language in LANGUAGES:
        for totals, wards, alerts in night.councils:
            draft = draft_council(templates[language], totals, wards, alerts)
            again = draft_council(templates[language], totals, wards, alerts)
            assert draft == again
            assert_known(council_facts(totals, wards, alerts), COUNCIL_FACTS)
            assert SENTENCES_MIN <= len(draft.sentences) <= SENTENCES_MAX, draft.text
            assert_rests_on(draft, documents)
        story = draft_night(
            templates[language], night.night.election, night.night, everybody, night.alerts
        )
        assert len(story.sentences) <= SENTENCES_MAX
        facts = night_facts(night.night.election, night.night, everybody, night.alerts)
        assert_known(facts, NIGHT_FACTS)
        assert_rests_on(story, documents)
