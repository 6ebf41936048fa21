"""The names of an election's councils and wards, and which of them a query means. No I/O."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from services.ticker.finding.spelling import (
    WORDS_MAX,
    distance,
    query_words,
    shortened,
    typos_allowed,
    words,
)

HITS_MAX: Final = 30
"""Names in one answer: more than a reader looks through, and some 5 kB."""

GENERIC: Final = frozenset(
    {"council", "borough", "district", "county", "city", "ward", "division", "local", "the", "of"}
)
"""Words that readers add to a name, or leave out of it; a query is found without them, too."""

PlaceKind = Literal["council", "ward"]


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A council or a ward, with its address on the ticker.

    `within` is the council that a ward is in; blank for a council. `gss` is blank if unknown.
    """

    kind: PlaceKind
    name: str
    address: str
    election: str
    within: str = ""
    gss: str = ""
    ballot: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A place with the words of its name, those it is found by, and those of its council."""

    place: NamedPlace
    words: tuple[str, ...]
    own: frozenset[str]
    beside: frozenset[str]


def _entry(place: NamedPlace) -> _Entry:
    spelled = words(place.name)
    # Readers write `Childshill` for `Childs Hill`.
    own = frozenset((*spelled, "".join(spelled)))
    return _Entry(place, spelled[:WORDS_MAX], own, frozenset(words(place.within)))


class Names:
    """The names of some places, indexed once and searched often.

    A search takes some milliseconds over 4,000 names.
    """

    def __init__(self, places: Iterable[NamedPlace]) -> None:
        self._entries = [_entry(place) for place in places]
        self._with_word: dict[str, set[int]] = defaultdict(set)
        for number, entry in enumerate(self._entries):
            for word in entry.own | entry.beside:
                self._with_word[word].add(number)
        self._vocabulary = sorted(self._with_word)
        self._shortened: dict[str, list[str]] = defaultdict(list)
        # Not of names written as one word, which are long and many.
        for word in sorted({word for entry in self._entries for word in entry.words}):
            for rest in set(shortened(word)):
                self._shortened[rest].append(word)
        self._by_gss = {entry.place.gss: entry.place for entry in self._entries if entry.place.gss}
        self._by_ballot = {
            entry.place.ballot: entry.place for entry in self._entries if entry.place.ballot
        }

    def find(self, query: str, hits_max: int = HITS_MAX) -> list[NamedPlace]:
        """Returns the places that a query means, the likeliest first, at most `hits_max`.

        A name that is spelled as the query comes first; then those with its words, or with words
        that begin so; then those with a letter or two wrong. Within each, councils come before
        wards. A ward is found by its council's name as well, if its own is in the query.
        """
        asked = query_words(query)
        needed = tuple(word for word in asked if word not in GENERIC) or asked
        if not needed:
            return []
        meant = [self._meant(word) for word in needed]
        found = self._having(meant)
        if not found:
            meant = [self._nearly(word) for word in needed]
            found = self._having(meant)
        ranked = sorted(
            (rank, number)
            for number in found
            if (rank := _rank(self._entries[number], asked, needed, meant)) is not None
        )
        return [self._entries[number].place for _, number in ranked[:hits_max]]

    def with_gss(self, gss: str) -> NamedPlace | None:
        """Returns the council or ward of a GSS code, or None."""
        return self._by_gss.get(gss)

    def with_ballot(self, ballot: str) -> NamedPlace | None:
        """Returns the ward of a ballot's id, or None."""
        return self._by_ballot.get(ballot)

    def _having(self, meant: Sequence[Mapping[str, int]]) -> set[int]:
        """Returns the places that have one of each word's meanings; unknown words are passed by."""
        having = [
            {number for word in each for number in self._with_word[word]} for each in meant if each
        ]
        return set.intersection(*having) if having else set()

    def _meant(self, word: str) -> Mapping[str, int]:
        """Returns the known words that a word may mean, each with how far it is from it.

        0 is the word itself, 1 one that begins so, 2 and more one with as many letters less one
        wrong. Typos are tried only for a word that begins no known one.
        """
        begun = dict.fromkeys(self._begin_with(word), 1)
        exact = {word: 0} if word in self._with_word else {}
        return begun | exact or self._nearly(word)

    def _nearly(self, word: str) -> Mapping[str, int]:
        """Returns the known words that a word may mean, also those with a letter or two wrong."""
        allowed = typos_allowed(word)
        near = {known for rest in shortened(word) for known in self._shortened.get(rest, ())}
        distances = {known: distance(word, known) for known in near}
        found = {known: 1 + far for known, far in distances.items() if 0 < far <= allowed}
        found |= dict.fromkeys(self._begin_with(word), 1)
        return found | ({word: 0} if word in self._with_word else {})

    def _begin_with(self, word: str) -> list[str]:
        first = bisect_left(self._vocabulary, word)
        last = bisect_left(self._vocabulary, word + "\uffff")
        return self._vocabulary[first:last]


def _rank(
    entry: _Entry,
    asked: tuple[str, ...],
    needed: tuple[str, ...],
    meant: Sequence[Mapping[str, int]],
) -> tuple[int, bool, int, int, str, str] | None:
    """Returns the rank of a place, lower first; None if its own name has none of the words."""
    far = 0
    furthest = 0
    is_named = False
    for each in meant:
        if not each:
            continue
        in_name = [each[word] for word in entry.own if word in each]
        beside = [each[word] + 1 for word in entry.beside if word in each]
        is_named = is_named or bool(in_name)
        nearest = min(in_name or beside)
        far += nearest
        furthest = max(furthest, nearest)
    if not is_named:
        return None
    core = tuple(word for word in entry.words if word not in GENERIC) or entry.words
    tier = 3 if furthest > 1 else 2
    if entry.words == asked:
        tier = 0
    elif core == needed:
        tier = 1
    begins = entry.words[: len(needed)] == needed
    place = entry.place
    order = (2 * far + (not begins), len(entry.words))
    return (tier, place.kind == "ward", *order, place.name, place.within)
