"""Which of a night's councils a reader wants to see, and in which order. No I/O."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, assert_never, get_args

from readers.local_authorities import place
from schemas.party import NOC
from schemas.totals import CouncilTotals
from services.pages.templates import element
from services.ticker.broadcast.page_key import NightOrder
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.parsing import parse_alert
from services.ticker.pages.party_style import party_style
from services.ticker.pages.ranking import ranked

UNKNOWN_REGION: Final = "Region not known"

Outcome = Literal["changed", "held", "none", "undecided"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
ORDERS: Final[tuple[NightOrder, ...]] = get_args(NightOrder)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader wants to see of a night: the order, and which councils; blank is all.

    `party` and `region` are as `party_token` and `region_token` write them.
    """

    order: NightOrder = "near"
    party: str = ""
    region: str = ""
    outcome: str = ""

    @property
    def tokens(self) -> tuple[str, ...]:
        """What a council has to be, each as `tokens_of` writes it."""
        return tuple(filter(None, (self.party, self.region, self.outcome)))


ALL_COUNCILS: Final = Choice()
"""All councils, the closest to a decision first."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a list to choose from: its value, its words, and how many councils it has."""

    value: str
    words: str
    councils: int


@dataclass(frozen=True, slots=True)
class Options:
    """What there is to choose from on a night."""

    parties: tuple[Option, ...]
    regions: tuple[Option, ...]
    outcomes: tuple[Option, ...]


def order_words(order: NightOrder) -> str:
    """Returns what an order is called."""
    match order:
        case "near":
            return "Closest to a decision first"
        case "name":
            return "A to Z"
        case "time":
            return "Latest result first"
        case "region":
            return "By region"
        case _:
            assert_never(order)


def outcome_words(outcome: Outcome) -> str:
    """Returns what councils of an outcome are called."""
    match outcome:
        case "changed":
            return "Changed hands"
        case "held":
            return "Same party in control as before"
        case "none":
            return "No overall control"
        case "undecided":
            return "Not decided yet"
        case _:
            assert_never(outcome)


def region_of(totals: CouncilTotals) -> str:
    """Returns the region of England that a council is in, or its nation."""
    found = place(totals.council_gss)
    return found.region or found.nation or UNKNOWN_REGION


def party_token(key: str) -> str:
    """Returns a party's key as one word, such as `p-pp52`."""
    return f"p-{_slug(key)}"


def region_token(region: str) -> str:
    """Returns a region as one word, such as `r-south-west`."""
    return f"r-{_slug(region)}"


def leading(totals: CouncilTotals) -> str | None:
    """Returns the key of who controls a council, or of who leads before that is certain.

    None before any seat is filled by votes.
    """
    if totals.decided:
        return totals.control
    if totals.before_any_vote or not totals.wards_declared or not totals.parties:
        return None
    return totals.parties[0].party_id if totals.parties[0].seats else None


def outcomes_of(totals: CouncilTotals) -> tuple[Outcome, ...]:
    """Returns the outcomes of a council: one that fell to no overall control has two."""
    if not totals.decided:
        return ("undecided",)
    found: list[Outcome] = []
    if totals.change:
        found.append("changed")
    if totals.control == NOC:
        found.append("none")
    elif totals.change is False:
        found.append("held")
    return tuple(found)


def tokens_of(totals: CouncilTotals) -> tuple[str, ...]:
    """Returns what a council is, a word each, as the rows on the page carry it."""
    lead = leading(totals)
    of_party = () if lead is None else (party_token(lead),)
    return (*of_party, region_token(region_of(totals)), *outcomes_of(totals))


def hidden(councils: Iterable[CouncilTotals], choice: Choice) -> frozenset[str]:
    """Returns the element ids of the rows that a choice leaves out."""
    wanted = set(choice.tokens)
    return frozenset(
        row_id(totals) for totals in councils if not wanted.issubset(tokens_of(totals))
    )


def options(councils: Sequence[CouncilTotals]) -> Options:
    """Returns what there is to choose from: parties and outcomes by councils, regions by name."""
    parties, regions, outcomes = Counter[str](), Counter[str](), Counter[Outcome]()
    names: dict[str, str] = {NOC: "No overall control"}
    for totals in councils:
        regions[region_of(totals)] += 1
        outcomes.update(outcomes_of(totals))
        lead = leading(totals)
        if lead is not None:
            parties[lead] += 1
            name = next((each.party for each in totals.parties if each.party_id == lead), "")
            names.setdefault(lead, name or party_style(lead).short)
    return Options(
        parties=tuple(
            Option(party_token(key), names[key], number) for key, number in parties.most_common()
        ),
        regions=tuple(
            Option(region_token(name), name, number) for name, number in sorted(regions.items())
        ),
        outcomes=tuple(
            Option(each, outcome_words(each), outcomes[each]) for each in OUTCOMES if outcomes[each]
        ),
    )


def listed(councils: Sequence[CouncilTotals], choice: Choice) -> dict[str, object]:
    """Returns what the template of a night's page needs to list its councils as chosen."""
    left_out = hidden(councils, choice)
    return {
        "choice": choice,
        "options": options(councils),
        "list_orders": ORDERS,
        "list_groups": groups(councils, choice.order),
        "hidden_rows": left_out,
        "councils_shown": len(councils) - len(left_out),
    }


def groups(councils: Sequence[CouncilTotals], order: NightOrder) -> tuple[tuple[str, str], ...]:
    """Returns the lists of an order other than `near`, each with its element id and its title."""
    match order:
        case "near":
            return ()
        case "name" | "time":
            return ((f"by-{order}", order_words(order)),)
        case "region":
            regions = sorted({region_of(totals) for totals in councils})
            return tuple((f"by-{region_token(region)}", region) for region in regions)
        case _:
            assert_never(order)


def orders(
    state: ElectionState, councils: Sequence[CouncilTotals], order: NightOrder
) -> dict[str, tuple[str, ...]]:
    """Returns the rows of each list of councils, by the list's element id. All have each once."""
    match order:
        case "near":
            return {f"stage-{name}": _rows(found) for name, found in ranked(councils).items()}
        case "name":
            return {"by-name": _rows(councils)}
        case "time":
            decided = _decided_at(state)
            latest = sorted(councils, key=lambda each: -decided.get(each.council, -1))
            return {"by-time": _rows(latest)}
        case "region":
            return {
                f"by-{region_token(region)}": _rows(
                    totals for totals in councils if region_of(totals) == region
                )
                for region in {region_of(totals) for totals in councils}
            }
        case _:
            assert_never(order)


def row_id(totals: CouncilTotals) -> str:
    """Returns the element id of a council's row."""
    return f"row-{element(totals.council)}"


def _rows(councils: Iterable[CouncilTotals]) -> tuple[str, ...]:
    return tuple(row_id(totals) for totals in councils)


def _decided_at(state: ElectionState) -> dict[str, int]:
    """Returns the place in the feed of what last said a council's control or its full result."""
    found: dict[str, int] = {}
    for number, (_, data) in enumerate(state.alert_entries):
        alert = parse_alert(data)
        if alert.council and alert.kind in {"control", "result"} and alert.action != "retract":
            found[alert.council] = number
    return found


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
