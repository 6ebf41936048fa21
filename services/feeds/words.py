"""Words: what a source says now of each ballot and council, and whether intake has it. No I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from readers.said import Said
from schemas.council_result import CouncilDeclared
from schemas.events import ballot_of, encode_event
from schemas.ward import WardDeclared

AGAIN_S: Final = 900.0
"""When a word that was refused is said again, a quarter of an hour: by then the key may be for its
council. What is held is not: the desk knows of it, and another source or the desk ends that."""

Result = WardDeclared | CouncilDeclared


@dataclass(slots=True)
class _Word:
    """A word, and when it is to be sent: None if intake has it."""

    event: Result
    content: bytes
    due_at: float | None


class Words:
    """The latest word of a source about each subject. `clock` is in seconds.

    It is forgotten when the process ends: then each word is sent once more, and is a repeat.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._words: dict[tuple[str, str], _Word] = {}

    def hear(self, said: Said) -> None:
        """Takes what the source says now.

        A lower revision than the known one changes nothing, and neither does what was said
        already. A ballot that is listed without a result takes back what was said of it.
        """
        for event in said.results:
            self._hear(event)
        for event in said.silent:
            known = self._words.get(_subject(event))
            if known is not None:
                self._hear(event.model_copy(update=_revision_of(known.event)))

    def _hear(self, event: Result) -> None:
        subject, content = _subject(event), encode_event(event)
        known = self._words.get(subject)
        if known is not None:
            if event.revision < known.event.revision or content == known.content:
                return
            # What is said last is sent last.
            del self._words[subject]
        self._words[subject] = _Word(event, content, self._clock())

    def pending(self) -> tuple[Result, ...]:
        """Returns what is to be sent now, in the order in which it was heard."""
        now = self._clock()
        return tuple(
            each.event
            for each in self._words.values()
            if each.due_at is not None and each.due_at <= now
        )

    def answered(self, event: Result, *, again: bool) -> None:
        """Notes that intake has answered a word; with `again` it is said once more after AGAIN_S.

        Nothing is noted if the source says something else by now.
        """
        known = self._words.get(_subject(event))
        if known is not None and known.event is event:
            known.due_at = self._clock() + AGAIN_S if again else None

    def councils(self) -> frozenset[str]:
        """Returns the councils of which anything was said."""
        return frozenset(council for council, _ in self._words)


def _subject(event: Result) -> tuple[str, str]:
    return event.council, ballot_of(event)


def _revision_of(event: Result) -> dict[str, object]:
    return {"revision": event.revision, "correction": event.correction}
