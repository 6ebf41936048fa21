"""Feed: a source that is looked at again and again, and whose words are posted to intake."""

from __future__ import annotations

from collections.abc import Callable

from schemas.events import ballot_of
from services.feeds.door import Door, DoorError
from services.feeds.piece import Source
from services.feeds.report import Report
from services.feeds.words import Words


class Feed:
    """Looks, hears and sends, one after the other.

    What intake has not acknowledged is sent again after the next look, so nothing is lost while
    intake is away; what it has acknowledged is not, so nothing is sent twice in one run.
    """

    def __init__(self, source: Source, words: Words, door: Door, report: Report) -> None:
        self._source = source
        self._words = words
        self._door = door
        self._report = report

    def run(self, rest: Callable[[], None]) -> None:
        """Looks again and again, with a `rest` after each look, which ends it by an exception."""
        while True:
            self.turn()
            rest()

    def turn(self) -> None:
        """Looks once, and sends what is new. Blocks; raises nothing for what it finds."""
        pieces = self._source.look()
        for piece in pieces:
            self._words.hear(piece.said)
        self._report.saw(pieces)
        self._report.heard(self._words.councils())
        try:
            self._send()
        except DoorError as error:
            self._report.sent(str(error))
        else:
            self._report.sent()

    def _send(self) -> None:
        for event, answer in self._door.send(self._words.pending()):
            subject = ballot_of(event) or event.council
            self._words.answered(event, again=bool(answer.refused))
            if answer.refused:
                self._report.refused(subject, answer.refused)
            else:
                self._report.acknowledged(subject, answer.warnings)
