"""The facts that templates can use, each with its kind and what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["number", "name", "party", "time", "flag", "choice", "several"]


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that templates can use. `each` has the facts of one of `several` things."""

    kind: Kind
    meaning: str
    each: dict[str, Known] = field(default_factory=dict)
    values: tuple[str, ...] = ()


def _number(meaning: str) -> Known:
    return Known("number", meaning)


def _name(meaning: str) -> Known:
    return Known("name", meaning)


def _party(meaning: str) -> Known:
    return Known("party", meaning)


def _flag(meaning: str) -> Known:
    return Known("flag", meaning)


def _several(meaning: str, **each: Known) -> Known:
    return Known("several", meaning, each)


_WARD = _name("a ward")

OUTCOMES: Final = ("hold", "gain", "gain_from_noc", "loss_to_noc", "noc_hold", "undetermined")

COUNCIL_FACTS: Final[dict[str, Known]] = {
    "council": _name("the council"),
    "complete": _flag("every seat that is up is decided"),
    "certain": _flag("who controls the council is certain, or that nobody does"),
    "before_any_vote": _flag("no vote is declared yet"),
    "none_declared": _flag("no ward is declared yet"),
    "as_a_whole": _flag("the result is that of the whole council, not added up from its wards"),
    "outcome": Known("choice", "control now against control before", values=OUTCOMES),
    "control": _party("the party in control"),
    "control_seats": _number("its seats"),
    "over": _number("how many more than a majority"),
    "exactly": _flag("just as many as make a majority"),
    "no_control": _flag("nobody is in control"),
    "before": _party("the party in control before"),
    "no_control_before": _flag("nobody was in control before"),
    "largest": _party("the largest party, or independents together"),
    "largest_seats": _number("its seats"),
    "largest_parties": _several(
        "the largest parties, if several have as many", party=_party("one")
    ),
    "short": _number("the seats that the largest party lacks for a majority"),
    "majority": _number("the seats that make a majority"),
    "seats_total": _number("all seats of the council"),
    "parties": _several(
        "the parties with seats, most first, and those that lost all of theirs",
        party=_party("the party"),
        seats=_number("its seats"),
        change=_number("its change, above or below nought; unknown before the council is complete"),
        up=_flag("it has more than before"),
        down=_flag("it has fewer"),
    ),
    "others": _number("the seats of all parties that are not among `parties`"),
    "seats_kept": _flag("some seats are not up, and are among `seats`"),
    "since_eve": _flag("changes are against the eve of poll"),
    "since_last": _flag("changes are against the last election"),
    "notional": _flag("the last election is notional, as boundaries were redrawn"),
    "wards_declared": _number("wards that are declared"),
    "wards_total": _number("wards that are polled"),
    "wards_to_come": _number("wards that are not declared"),
    "contenders": _several(
        "the parties that can still get a majority",
        party=_party("the party"),
        needs=_number("the seats it still needs"),
    ),
    "hangs_on": _name("the one ward that control hangs on"),
    "deciders": _several("the wards that can decide control, if two to four can", ward=_WARD),
    "expected": Known("time", "when the next declaration is expected"),
    "turnout": _number("turnout in percent, of a complete council"),
    "flip_voters": _number("the fewest voters who would have cost the party its majority"),
    "flip_ward": _name("the ward they are in, if it is one"),
    "flip_wards": _several("the wards they are in, if they are several", ward=_WARD),
    "closest_ward": _name(
        "a ward in which a seat went to one party by so few votes that none went by fewer"
    ),
    "closest_margin": _number("those votes"),
    "closest_tied": _flag("it went by lot"),
    "closest_one_seat": _flag("the ward has one seat"),
    "closest_winner": _party("the party that has the seat"),
    "closest_loser": _party("the party that missed it"),
    "gains": _several(
        "who took seats from whom, most wards first",
        gainer=_party("who gained"),
        loser=_party("who lost"),
        wards=_several("the wards", ward=_WARD),
        among_others=_flag("there are more such wards"),
    ),
    "more_gains": _flag("others took seats as well"),
    "beaten": _several(
        "notable candidates who lost",
        person=_name("the candidate"),
        office=_name("what makes the candidate notable, as the source has it"),
        ward=_WARD,
        party=_party("the candidate's party"),
    ),
    "wards_being_checked": _number("wards with a result that does not count yet"),
    "wards_disputed": _number("wards whose result another source contradicts"),
    "result_being_checked": _flag("a result of the whole council does not count yet"),
    "result_disputed": _flag("another source contradicts the result of the whole council"),
    "withdrawn": _flag("a call of control was taken back"),
    "withdrawn_control": _party("for whom the council had been called"),
    "withdrawn_none": _flag("it had been called for nobody"),
    "withdrawn_at": _name("the ward that the withdrawal came from"),
}
"""What a council's templates can use."""

_COUNCILS = {"council": _name("a council")}

NIGHT_FACTS: Final[dict[str, Known]] = {
    "decided": _number("councils whose control votes have made certain"),
    "councils_complete": _number("councils in which every seat that is up is decided"),
    "all_complete": _flag("every council is complete"),
    "opened": _number("councils of which anything is known"),
    "total": _number("councils that vote, by the newsroom's list"),
    "awaited": _number("councils that are not complete"),
    "wards_declared": _number("wards that are declared"),
    "wards_total": _number("wards that are polled"),
    "turnout": _number("turnout in percent"),
    "turnout_covers": _number("the councils that turnout covers"),
    "parties": _several(
        "the parties that control most councils",
        party=_party("the party"),
        councils=_number("its councils"),
        change=_number("councils gained less councils lost"),
        up=_flag("it has more than before"),
        down=_flag("it has fewer"),
        same=_flag("it has as many"),
    ),
    "no_control_councils": _number("councils under no overall control"),
    "changes_cover": _number("the councils of which control before is known"),
    "before_unknown": _flag("of some decided councils control before is not known"),
    "winners": _several(
        "the parties with more seats than before, most first",
        party=_party("the party"),
        change=_number("how many more"),
    ),
    "losers": _several(
        "the parties with fewer seats than before",
        party=_party("the party"),
        change=_number("how many fewer, below nought"),
    ),
    "moves_cover": _number("the councils that these changes add up"),
    "since_eve": _flag("changes are against the eve of poll"),
    "since_last": _flag("changes are against the last election"),
    "changed": _several(
        "councils that changed hands, the largest first",
        council=_name("the council"),
        control=_party("who has it now"),
        no_control=_flag("nobody has it now"),
        before=_party("who had it before"),
        no_control_before=_flag("nobody had it before"),
    ),
    "more_changed": _flag("more councils changed hands"),
    "hanging": _several("councils that hang on one ward", council=_name("it"), ward=_WARD),
    "closest_council": _name("the council whose majority the fewest voters would have prevented"),
    "closest_voters": _number("those voters"),
    "closest_ward": _name("the ward they are in, if it is one"),
    "closest_control": _party("the party that has the majority"),
    "doubted": _several("councils with results in doubt", **_COUNCILS),
    "more_doubted": _flag("there are more of them"),
    "withdrawn": _several("councils of which a call of control was taken back", **_COUNCILS),
    "more_withdrawn": _flag("there are more of them"),
    "expected_council": _name("the council that is expected next"),
    "expected": Known("time", "when it is expected"),
}
"""What a night's templates can use."""
