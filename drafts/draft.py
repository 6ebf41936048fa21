"""A draft: a story in sentences, each number of which says what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from drafts.facts import Basis
from drafts.words import DraftLanguage


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a sentence. `value` is the number that it says; `basis` is None for words."""

    text: str
    basis: Basis | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, under the name that it has in the templates."""

    name: str
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The sentence as it is read."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Draft:
    """A story in one language, in paragraphs."""

    language: DraftLanguage
    paragraphs: tuple[tuple[Sentence, ...], ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence, in order."""
        return tuple(sentence for paragraph in self.paragraphs for sentence in paragraph)

    @property
    def text(self) -> str:
        """The story as it is read, with a blank line between paragraphs."""
        return "\n\n".join(
            " ".join(sentence.text for sentence in paragraph) for paragraph in self.paragraphs
        )
