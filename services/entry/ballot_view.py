"""What the page of one ballot shows: each word beside the others, and who stands. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from election.council import Council
from election.ward import Ward
from services.entry.figure import name_of, people_id, people_of, seats_of
from services.review.comparison import DIFFERS, comparison
from services.review.waiting import Became, Waiting, Word, of_ward


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said, by everybody who says it."""

    content: str
    figures: str
    sources: tuple[str, ...]
    became: tuple[tuple[str, Became, str], ...]
    """Each source, what became of its word, and why it waits if it does."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the comparison: a candidate or a figure of the poll, and what each source has."""

    label: str
    differs: bool
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BallotView:
    """A ballot as its page shows it. `revision` is that of the desk's last decision, 0 if none."""

    ballot: Waiting
    said: tuple[Said, ...]
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    people: tuple[str, ...]
    people_id: str
    seats: int
    revision: int


def ballot_view(council: Council, ward: Ward) -> BallotView:
    """Returns what the page of a ballot shows."""
    ballot = of_ward(council, ward)
    (_, _, *head), *rows = comparison(ward)
    people = people_of(ward)
    return BallotView(
        ballot=ballot,
        said=_said(ballot.words),
        head=tuple(head),
        rows=tuple(_row(row) for row in rows),
        people=tuple(map(name_of, people)),
        people_id=people_id(people),
        seats=seats_of(ward),
        revision=ballot.decisions,
    )


def _row(row: Sequence[str]) -> Row:
    mark, label, *cells = row
    return Row(label, mark == DIFFERS, tuple(cells))


def _said(words: Iterable[Word]) -> tuple[Said, ...]:
    """Returns the words with those that are the same as one, in the order in which they came."""
    by_content: dict[str, list[Word]] = {}
    for word in words:
        by_content.setdefault(word.content, []).append(word)
    return tuple(
        Said(
            content=content,
            figures=same[0].figures,
            sources=tuple(word.source for word in same),
            became=tuple((f"{word.source} ({word.trust})", word.became, word.why) for word in same),
        )
        for content, same in by_content.items()
    )
