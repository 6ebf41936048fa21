"""Writes a story: each sentence whose condition holds and whose facts are all known."""

from __future__ import annotations

from typing import Final, assert_never

from drafts.draft import Draft, Sentence, Span
from drafts.facts import Choice, Fact, Facts, Flag, Moment, Name, Number, Party, Several
from drafts.template import Place, Slot, StoryTemplate, Wording
from drafts.words import Words

SENTENCES_MAX: Final = 8
"""Sentences of a story; of more, the least important are left out."""

SIGNED: Final = "signed"
PERCENT: Final = "percent"
SPELLED: Final = "spelled"
SIZE: Final = "size"
NUMBER_FORMS: Final = frozenset({"", SIGNED, PERCENT, SPELLED, SIZE})
"""How a number is written beside the nouns of a language: in digits, with its sign, in percent, in
words, or without its sign and in words."""


def write(story: StoryTemplate, words: Words, facts: Facts) -> Draft:
    """Returns the story of some facts. The same facts always give the same story."""
    written: list[list[tuple[int, Sentence]]] = []
    for paragraph in story.paragraphs:
        sentences: list[tuple[int, Sentence]] = []
        for slot in paragraph:
            spans = _slot(slot, story, words, facts)
            if spans:
                sentences.append((slot.importance, Sentence(slot.name, _capital(spans))))
        written.append(sentences)
    kept = _most_important([each for paragraph in written for each in paragraph])
    paragraphs = [
        tuple(sentence for _, sentence in paragraph if id(sentence) in kept)
        for paragraph in written
    ]
    return Draft(words.language, tuple(filter(None, paragraphs)))


def _most_important(sentences: list[tuple[int, Sentence]]) -> set[int]:
    """Returns which sentences stay; of equally important ones the earlier."""
    ranked = sorted(sentences, key=lambda each: -each[0])
    return {id(sentence) for _, sentence in ranked[:SENTENCES_MAX]}


def _slot(slot: Slot, story: StoryTemplate, words: Words, facts: Facts) -> list[Span]:
    """Returns the first wording of a slot that fits; empty if none does."""
    for wording in slot.wordings:
        if all(condition.holds(facts) for condition in wording.conditions):
            spans = _wording(wording, story, words, facts)
            if spans:
                return spans
    return []


def _wording(wording: Wording, story: StoryTemplate, words: Words, facts: Facts) -> list[Span]:
    """Returns a wording with its facts; empty if one of them is missing."""
    spans: list[Span] = []
    for piece in wording.pieces:
        if isinstance(piece, str):
            spans.append(Span(piece))
            continue
        fact = facts.get(piece.fact)
        found = [] if fact is None else _fact(fact, piece, story, words, facts)
        if not found:
            return []
        spans += found
    return spans


def _fact(
    fact: Fact, place: Place, story: StoryTemplate, words: Words, around: Facts
) -> list[Span]:
    match fact:
        case Number():
            return [Span(_number(fact.value, place.form, words), fact.basis, fact.value)]
        case Name():
            return [Span(fact.text, fact.basis)]
        case Party():
            return [Span(words.party(fact.key, fact.label, place.form))]
        case Moment():
            return [Span(words.clock(fact.time), fact.basis)]
        case Several():
            return _several(fact, place, story, words, around)
        case Flag() | Choice():
            return []
        case _:
            assert_never(fact)


def _several(
    fact: Several, place: Place, story: StoryTemplate, words: Words, around: Facts
) -> list[Span]:
    """Returns each of several things as the part that the place names, joined.

    Empty if one has no words: a list that lacks some of its things would be untrue.
    """
    part = story.parts[place.form]
    written: list[list[object]] = []
    for each in fact.each:
        spans = _slot(part, story, words, {**around, **each})
        if not spans:
            return []
        written.append([*spans])
    return [
        piece if isinstance(piece, Span) else Span(str(piece))
        for piece in words.joined(written, dict(part.joins))
    ]


def _number(value: float, form: str, words: Words) -> str:
    match form:
        case "":
            return words.number(value)
        case "signed":
            return f"{'+' if value > 0 else ''}{words.number(value)}"
        case "percent":
            return words.percent(value)
        case "spelled":
            return words.spelled(value)
        case "size":
            return words.spelled(abs(value))
    return words.counted(abs(value), form)


def _capital(spans: list[Span]) -> tuple[Span, ...]:
    """Returns a sentence's spans with a capital at its beginning, and adjacent words joined."""
    joined: list[Span] = []
    for span in spans:
        if joined and _is_words(span) and _is_words(joined[-1]):
            joined[-1] = Span(joined[-1].text + span.text)
        else:
            joined.append(span)
    first = joined[0]
    joined[0] = Span(first.text[:1].upper() + first.text[1:], first.basis, first.value)
    return tuple(joined)


def _is_words(span: Span) -> bool:
    return span.basis is None
