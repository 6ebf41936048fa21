"""Run: slips seeded in the declared wards of past nights, each tried where its ward declares."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from election.council import Council
from election.fold import apply
from readers.night import load_night, nights
from schemas.council import CouncilOpened
from schemas.events import Event
from schemas.ward import WardDeclared
from tests.slips.entered import WAYS, entered, typed
from tests.slips.kinds import KINDS, Place, Slip, as_on_the_ballot
from tests.slips.trial import (
    POLICIES,
    Found,
    as_said,
    changes_the_end,
    noticed_later,
    tried,
    warnings,
)

Night = tuple[str, list[Event]]
"""The name of a night, and its events of one council in the order of their arrival."""

Planned = dict[tuple[str, str], list[Slip]]
"""The slips to try by night and ballot: one council is in two nights."""


@dataclass
class Report:
    """What came of all slips, by kind and policy, and of all true results.

    `slips` counts what became of them, and how many of these moved seats, elected others, or
    decided control (`seats, silent` and so on). `end` are those by which control would be another
    once all others have declared, and `later` those in silence of which a ward that declares later
    gives notice. `true` counts true results by policy, and by night. `entered` and `true_entered`
    are the same of what people type into the form, by the way in which they do.
    """

    slips: dict[str, dict[str, Counter[str]]] = field(
        default_factory=lambda: {kind: {policy: Counter() for policy in POLICIES} for kind in KINDS}
    )
    true: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    entered: dict[str, dict[str, Counter[str]]] = field(
        default_factory=lambda: {kind: {way: Counter() for way in WAYS} for kind in KINDS}
    )
    true_entered: dict[str, Counter[str]] = field(
        default_factory=lambda: {way: Counter() for way in WAYS}
    )


def councils(names: Sequence[str] = (), *, nominations: bool = True) -> list[Night]:
    """Returns the nights of these names, or all, council by council.

    Without `nominations` nobody knows who stands, as where a newsroom has no such file.
    """
    found: list[Night] = []
    for name in names or nights():
        night = load_night(name)
        of_council: dict[str, list[Event]] = defaultdict(list)
        for event in (*night.openings, *night.declarations):
            if isinstance(event, CouncilOpened) and not nominations:
                wards = tuple(each.model_copy(update={"candidates": None}) for each in event.wards)
                event = event.model_copy(update={"wards": wards})  # noqa: PLW2901
            if isinstance(event, WardDeclared):
                event = as_on_the_ballot(event)  # noqa: PLW2901
            of_council[event.council].append(event)
        found += [(name, events) for events in of_council.values()]
    return found


def seeded(found: Sequence[Night], slips: int, seed: str) -> Planned:
    """Returns the slips by the ballot at whose declaration they are tried: as many of each kind."""
    places = list(_places(found))
    planned: Planned = defaultdict(list)
    each_kind = slips // len(KINDS)
    for kind, maker in KINDS.items():
        order = Random(f"{seed} {kind}")
        order.shuffle(places)
        made = 0
        for name, place in places:
            ballot = place.true.ballot_paper_id
            said = maker(place, Random(f"{seed} {kind} {ballot}"))
            if said is None:
                continue
            true = place.true
            if said.ballot_paper_id != ballot:
                true = next(
                    each for each in place.waiting if each.ballot_paper_id == said.ballot_paper_id
                )
            planned[name, ballot].append(Slip(kind, said, true))
            made += 1
            if made == each_kind:
                break
        places.sort(key=lambda each: (each[0], each[1].true.ballot_paper_id))
    return planned


def _places(found: Sequence[Night]) -> Iterator[tuple[str, Place]]:
    for name, events in found:
        declared = [event for event in events if isinstance(event, WardDeclared)]
        for at, true in enumerate(declared):
            others = [*declared[:at], *declared[at + 1 :]]
            yield name, Place(true, others, declared[at + 1 :])


def run(found: Sequence[Night], planned: Planned) -> Report:
    """Returns what came of the slips, and of every true result, through the fold."""
    report = Report()
    for name, events in found:
        counted: list[tuple[Counter[str], Found]] = []
        council: Council | None = None
        for event in events:
            if council is not None and isinstance(event, WardDeclared):
                _try_true(report.true, council, event, name)
                _enter_true(report.true_entered, council, event)
                for slip in planned.get((name, event.ballot_paper_id), ()):
                    counted += _try_slip(report.slips[slip.kind], council, slip)
                    counted += _enter_slip(report.entered[slip.kind], council, slip)
            council, effects = apply(event, council)
            assert effects.failure is None, effects.failure
        for into, one in counted:
            assert council is not None
            into[f"end, {one.became}"] += changes_the_end(council, one)
            into["later"] += one.became == "silent" and noticed_later(council, one)
    return report


def _try_slip(
    into: dict[str, Counter[str]], council: Council, slip: Slip
) -> list[tuple[Counter[str], Found]]:
    """Counts what becomes of a slip under each policy, and returns what counts of it."""
    counted = []
    for policy, orders in POLICIES.items():
        numbers = into[policy]
        for words in orders:
            found = tried(council, slip.said, slip.true, words)
            numbers["tried"] += 1
            numbers[found.became] += 1
            for what in ("seats", "elected", "control"):
                numbers[f"{what}, {found.became}"] += getattr(found, what)
            if found.became in {"warned", "silent"}:
                counted.append((numbers, found))
    return counted


def _enter_slip(
    into: dict[str, Counter[str]], council: Council, slip: Slip
) -> list[tuple[Counter[str], Found]]:
    """Counts what becomes of a slip that is typed in each way, and returns what passes."""
    passing = []
    for name, way in WAYS.items():
        one, numbers = entered(council, slip.said, slip.true, way)._asdict(), into[name]
        caught, found = one["caught"], one["found"]
        numbers["tried"] += 1
        numbers[caught] += 1
        for what in ("counts", "is_silent_twice"):
            numbers[what] += one[what]
        if caught == "passes":
            numbers["is_read_otherwise"] += one["is_read_otherwise"]
            for what in ("seats", "elected", "control"):
                numbers[what] += getattr(found, what)
            passing.append((numbers, found._replace(became="silent")))
    return passing


def _enter_true(into: dict[str, Counter[str]], council: Council, event: WardDeclared) -> None:
    """Counts what becomes of a true result that is typed in each way."""
    for name, way in WAYS.items():
        form, numbers = typed(council, event, way, "ann"), into[name]
        numbers["tried"] += 1
        if form.word is None:
            numbers["refused"] += 1
            continue
        _, effects = apply(form.word, council)
        numbers["warned"] += form.asks_to_look_again
        is_held = effects.rejection is not None and not form.asks_to_look_again
        numbers["held"] += is_held


def _try_true(
    into: dict[str, Counter[str]], council: Council, event: WardDeclared, night: str
) -> None:
    """Counts what becomes of a true result under each policy of one source."""
    for policy, orders in POLICIES.items():
        if len(orders) > 1 or policy == "always":
            # Under the latter each waits, whatever it says.
            continue
        said = as_said(orders[0][0], event, council)
        _, effects = apply(said, council)
        is_odd, decides = bool(warnings(council, said)), "it would decide" in effects.held
        is_close = "a knife edge" in effects.held
        for numbers in (into[policy], into[f"{policy}, {night}"]):
            numbers["tried"] += 1
            numbers["odd"] += is_odd
            numbers["decides"] += decides
            numbers["close"] += is_close
            numbers["held"] += effects.rejection is not None
            waits_alone = effects.rejection is not None and not (decides or is_close)
            numbers["odd or wrong"] += is_odd or waits_alone
