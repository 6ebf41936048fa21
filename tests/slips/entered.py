"""Entered: what becomes of a slip that somebody types into the form, step by step.

A sheet is typed into the fields of a ward's form, which are read as those of a stringer are: the
same function makes a word of them or refuses them, and the same reads it back with its warnings.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final, Literal, NamedTuple

from election.council import Council
from election.declaration import declaration
from election.fold import apply
from election.ward import Ward
from schemas.council import Nominee
from schemas.source import Trust
from schemas.ward import Candidate, WardDeclared
from services.access.holder import Holder
from services.access.second_entry.policy import TRUST
from services.entry.figure import UnusableFigureError, people_id
from services.entry.own_word import known_revision
from services.entry.read_back import figures_of, read_back
from services.entry.word_form import nominees_of, word_of
from tests.slips.trial import Found, found_of

Caught = Literal["refused", "warned", "held", "passes", "right"]
"""Where a slip is caught first: the form refuses it; the form warns of it, and it may be sent
nevertheless; it waits for a second entry; it `passes`, so that it counts as it was typed; or what
counts is right."""

NO_SIGN: Final = ("it would decide", "a knife edge", "held: it waits for a second source")
"""Warnings that say of any result, also of a true one, that it waits."""


WAYS: Final = TRUST
"""The ways in which people enter: the policies of a second entry, each with their trust by it."""


class Typed(NamedTuple):
    """What the form makes of a sheet: a word and its warnings, or why it refuses it."""

    word: WardDeclared | None
    warnings: tuple[str, ...] = ()
    refused: str = ""

    @property
    def asks_to_look_again(self) -> bool:
        """Whether it warns of anything that a true result is seldom warned of."""
        return any(not any(sign in each for sign in NO_SIGN) for each in self.warnings)


class Entered(NamedTuple):
    """What became of a slip that was entered.

    `found` is what it led to from one person, None if it was refused, and `counts` whether it
    counts if it is sent in spite of a warning. `is_read_otherwise` is whether the sentence that is
    read aloud differs from that of the true figures. `is_silent_twice` is whether it counts in
    silence although another person enters the truth, before or after.
    """

    caught: Caught
    found: Found | None = None
    counts: bool = False
    is_read_otherwise: bool = False
    is_silent_twice: bool = False


def entered(council: Council, said: WardDeclared, true: WardDeclared, trust: Trust) -> Entered:
    """Returns what became of a slip in a council."""
    form = typed(council, said, trust, "ann")
    if form.word is None:
        return Entered("refused")
    found = _after(council, council, form.word, true)
    counts = found.became in {"warned", "silent"}
    caught: Caught = "passes" if counts else "held"
    if found.became == "right":
        caught = "right"
    elif form.asks_to_look_again:
        caught = "warned"
    ward = council.wards[form.word.ballot_paper_id]
    return Entered(
        caught,
        found,
        counts,
        _sentence(form.word, council, ward) != _sentence(true, council, ward),
        _is_silent_twice(council, form.word, true, trust),
    )


def typed(council: Council, sheet: WardDeclared, trust: Trust, source: str) -> Typed:
    """Returns what the form of a ballot makes of a sheet that is typed into its fields."""
    ward = council.wards.get(sheet.ballot_paper_id)
    if ward is None or ward.contest is None:
        return Typed(None, refused="There is no form of a ballot that is not opened.")
    people, lines = nominees_of(ward), _lines(sheet, ward)
    if len(lines) > len(people):
        # Whoever has figures left has seen that the sheet is of another ward.
        return Typed(None, refused="There is no field for the rest.")
    fields = _hidden(ward, people, source) | _poll(sheet)
    for place, line in enumerate(lines):
        if line is None:
            continue
        if line.votes is not None:
            fields[f"votes-{place}"] = str(line.votes)
        if line.elected:
            fields[f"elected-{place}"] = "yes"
        if line.tied_vote_winner:
            fields[f"lot-{place}"] = "yes"
    try:
        word = word_of(fields, council, ward, Holder(source, trust, "stringer"))
    except UnusableFigureError as error:
        return Typed(None, refused=str(error))
    assert isinstance(word, WardDeclared)
    return Typed(word, read_back(word, council, ward).warnings)


def _lines(sheet: WardDeclared, ward: Ward) -> list[Candidate | None]:
    """Returns the sheet's lines by the fields of the form; None for one that is left out.

    Of a sheet of another ward each line goes into the next field.
    """
    known: dict[tuple[str, str, str], list[Candidate]] = defaultdict(list)
    for line in sheet.candidates:
        known[line.candidate, line.party, line.party_id].append(line)
    people = [(each.candidate, each.party, each.party_id) for each in nominees_of(ward)]
    if not known.keys() <= set(people):
        return list(sheet.candidates)
    return [known[each].pop(0) if known[each] else None for each in people]


def _hidden(ward: Ward, people: list[Nominee], source: str) -> dict[str, str]:
    return {
        "say": "result",
        "people": people_id(people),
        "revision": str(known_revision(ward, source)),
    }


def _poll(sheet: WardDeclared) -> dict[str, str]:
    figures = {
        "ballots": sheet.num_turnout_reported,
        "spoilt": sheet.num_spoilt_ballots,
        "electorate": sheet.total_electorate,
    }
    fields = {name: str(figure) for name, figure in figures.items() if figure is not None}
    if sheet.turnout_percentage is not None:
        fields["turnout"] = f"{sheet.turnout_percentage:.3f}".rstrip("0").rstrip(".")
    return fields


def _after(before: Council, council: Council, word: WardDeclared, true: WardDeclared) -> Found:
    after, effects = apply(word, council)
    assert effects.failure is None, effects.failure
    return found_of(before, after, word, true, (effects.rejection or ("", ""))[1])


def _is_silent_twice(
    council: Council, slip: WardDeclared, true: WardDeclared, trust: Trust
) -> bool:
    first, _ = apply(slip, council)
    truth = typed(first, true, trust, "bob").word
    if truth is None:
        return False
    found = [_after(council, first, truth, true)]
    second, _ = apply(truth, council)
    found.append(_after(council, second, slip, true))
    return any(each.became in {"warned", "silent"} for each in found)


def _sentence(said: WardDeclared, council: Council, ward: Ward) -> str:
    return figures_of(declaration(said), council, ward).sentence
