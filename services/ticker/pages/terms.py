"""The terms of an election night, each explained once, in words that a reader can use at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Term:
    """A term: its key, which is its element id on the page that explains all, and its meaning."""

    key: str
    title: str
    text: str


TERMS: Final[tuple[Term, ...]] = (
    Term(
        "control",
        "Control",
        "A party controls a council if it has more than half of all seats. It can then decide alone"
        " what the council does.",
    ),
    Term(
        "majority",
        "Majority",
        "More than half of all seats of the council, so 32 of 63. “20 over a majority” means 20"
        " seats more than it takes; “11 short” means 11 seats too few.",
    ),
    Term(
        "no-overall-control",
        "No overall control",
        "No party has more than half of the seats, so parties have to agree with each other to run"
        " the council. The largest party does not always lead it.",
    ),
    Term(
        "hold-gain-loss",
        "Hold, gain and loss",
        "Hold: the same party is in control as before. Gain: a party takes control from another"
        " party, or where nobody had it. Loss: the party in control loses its majority, and no"
        " other party wins one. In a ward, hold and gain are said of seats.",
    ),
    Term(
        "called",
        "Called",
        "A council is called as soon as control is certain: no result that can still come would"
        " change it. That can be hours before its last ward declares.",
    ),
    Term(
        "needs",
        "Needs, and can end with",
        "How many more seats a party needs for a majority, and the fewest and the most seats it can"
        " still end with: those it has, and those it could still win where it is standing.",
    ),
    Term(
        "by-thirds",
        "Elected by thirds, by halves, or all at once",
        "Some councils elect all councillors every four years. Others elect a third of them in each"
        " of three years out of four, or half of them every two years.",
    ),
    Term(
        "not-up",
        "Seats not up for election",
        "Where only some of the seats are elected this time, the other councillors stay. Their"
        " seats count towards a majority, so that a council can be certain before any vote is"
        " counted.",
    ),
    Term(
        "change",
        "Change since just before, and since last time",
        "Since just before: compared with the councillors a party had on the day before this"
        " election, after by-elections and changes of party. Since last time: compared with what it"
        " won when these seats, or the whole council, were last elected. The two can differ, and"
        " newspapers use either. Changes are shown once a council has declared all its seats.",
    ),
    Term(
        "notional",
        "Notional",
        "Where boundaries were redrawn since the last election, its result is estimated on the new"
        " ones.",
    ),
    Term(
        "wards-that-decide",
        "Wards that can still decide it",
        "Wards without a result, in which control of the council can still be won or lost.",
    ),
    Term(
        "knife-edge",
        "Knife-edge",
        "A seat that was won by so few votes that a recount could give it to another party.",
    ),
    Term(
        "votes-that-decided",
        "Voters who would have changed it",
        "The fewest voters who would have had to vote for somebody else to change who won. One"
        " voter who moves counts twice: one vote less for one candidate, one more for the other.",
    ),
    Term(
        "margin",
        "Won by",
        "The votes between the last candidate who was elected and the first who was not.",
    ),
    Term(
        "recount",
        "Recount",
        "Where the result is close, candidates can ask that the votes are counted again. The"
        " returning officer decides.",
    ),
    Term(
        "lot",
        "Decided by lot",
        "If candidates have exactly as many votes for the last seat, the returning officer draws"
        " one, such as a name from a box.",
    ),
    Term(
        "countermanded",
        "Poll called off (countermanded)",
        "If a candidate dies before the result, the poll in that ward is called off and held again"
        " later.",
    ),
    Term(
        "uncontested",
        "Uncontested",
        "There are no more candidates than seats, so that they are elected without a vote.",
    ),
    Term(
        "vacant",
        "Vacant",
        "A seat that nobody holds and that is not filled this time.",
    ),
    Term(
        "share",
        "Share of the vote",
        "A party’s part of all votes. In a ward with three seats each voter has three votes, so"
        " that votes are more than voters. It adds up wards of which the votes are known.",
    ),
    Term(
        "turnout",
        "Turnout",
        "The part of those who may vote that did.",
    ),
    Term(
        "stv",
        "Single transferable vote",
        "How Scotland elects its councils, Northern Ireland too, and some councils of Wales may."
        " Voters rank candidates. Whoever reaches a quota is elected; votes beyond the quota, and"
        " those of candidates who are out, go to the next choice. The votes shown are first"
        " choices, so that somebody with fewer can be elected before somebody with more.",
    ),
    Term(
        "as-a-whole",
        "Declared as a whole",
        "The seats of the council were told to us together, and not ward by ward.",
    ),
    Term(
        "checked",
        "Being checked, disputed, confirmed",
        "A result that waits for a second source, or for an editor, is being checked and does not"
        " count yet. Disputed: a second source says something else. Confirmed: as many sources as"
        " are named say the same.",
    ),
    Term(
        "withdrawn",
        "Withdrawn",
        "What we said no longer follows from the results, because one of them was corrected. It"
        " stays on the page, struck through, with the reason.",
    ),
    Term(
        "rehearsal",
        "Rehearsal",
        "A practice run with an earlier night or with invented results. Nothing in it is news.",
    ),
)
"""All terms, in the order in which a reader is likely to meet them."""

_BY_KEY: Final = {term.key: term for term in TERMS}


def explained(*keys: str) -> tuple[Term, ...]:
    """Returns the terms with these keys, in their order. Raises KeyError for an unknown key."""
    return tuple(_BY_KEY[key] for key in keys)
