"""When a mark is told, and when it is taken back."""

from __future__ import annotations

from collections.abc import Iterator

from election.alerts.alert_id import alert_id
from election.nation.council_change import CouncilChange
from election.nation.default_marks import marks_of_party
from election.nation.mark import Mark
from election.nation.part_sum import NO_COUNCIL
from election.nation.place import WHOLE_NIGHT
from election.nation.told_state import ToldMark, ToldMarks
from election.text.nation import MarkFacts, milestone_proof, milestone_text, withdrawn_text
from election.text.phrases import clipped
from election.text.public_night import milestone_paragraph, withdrawn_mark_paragraph
from schemas.alert import Action, Alert
from schemas.national import MILESTONES_MAX, Milestone


def marks_after(change: CouncilChange) -> tuple[ToldMarks, tuple[Alert, ...]]:
    """Returns the marks told after one council has changed, and the alerts that say so.

    The night of the change has the marks as they were before. Alerts are in publishing order:
    withdrawals first, then the newsroom's marks in its order, then those of each party.
    """
    marks, withdrawn = _withdrawn(change, change.night.marks)
    raised = []
    for mark in _reached(change, marks):
        marks, alert = _told(change, marks, mark)
        raised.append(alert)
    return marks, (*withdrawn, *raised)


def _withdrawn(change: CouncilChange, marks: ToldMarks) -> tuple[ToldMarks, list[Alert]]:
    """Returns the marks without those that the councils they stand on no longer bear out.

    A mark that the whole night bears out instead stands on all of it from then on.
    """
    standing = dict(marks.standing)
    alerts: list[Alert] = []
    milestones = marks.milestones
    for key, told in marks.standing.items():
        if change.new.council not in told.counted or not change.may_move(key):
            continue
        number = told.number + _difference(change, told)
        if number == told.number:
            continue
        if told.mark.holds(number):
            standing[key] = told._replace(number=number)
            continue
        measure = told.mark.measure
        over_all = change.number_of_night(measure)
        if over_all is not None and told.mark.holds(over_all):
            standing[key] = told._replace(counted=change.counted(measure), number=over_all)
            continue
        del standing[key]
        alerts.append(_retraction(change, told, over_all, marks.times[key]))
        milestones = _with_retracted(milestones, told.alert)
    if not alerts and all(standing[key] is told for key, told in marks.standing.items()):
        return marks, alerts
    return ToldMarks(standing, marks.times, milestones), alerts


def _difference(change: CouncilChange, told: ToldMark) -> int:
    """Returns what a council adds now to a mark that stands on it, less what it added before.

    One that was not opened yet was counted as one that is still to come.
    """
    measure = told.mark.measure
    before = 1 if change.old is None else change.number_before(measure)
    return (change.number_now(measure) or 0) - (before or 0)


def _with_retracted(milestones: tuple[Milestone, ...], alert: str) -> tuple[Milestone, ...]:
    return tuple(
        each.model_copy(update={"retracted": True}) if each.id == alert else each
        for each in milestones
    )


def _reached(change: CouncilChange, marks: ToldMarks) -> Iterator[Mark]:
    """Yields the marks that hold and are not told: first the newsroom's, then each party's."""
    night, plan = change.night, change.plan
    for mark in plan.marks_in(night.election):
        if mark.key in marks.standing or not change.may_move(mark.key):
            continue
        measure = mark.measure
        if change.moved(measure) and mark.holds(change.number_of_night(measure)):
            yield mark
    if plan.marks is not None:
        return
    whole = night.parts.get(WHOLE_NIGHT, NO_COUNCIL)
    for party in sorted(change.parties):
        for mark in marks_of_party(party, night.labels.get(party, ""), whole):
            if mark.key not in marks.standing:
                yield mark


def _told(change: CouncilChange, marks: ToldMarks, mark: Mark) -> tuple[ToldMarks, Alert]:
    """Returns the marks with one more, and the alert that tells it."""
    measure, key = mark.measure, mark.key
    number = change.number_of_night(measure) or 0
    counted = change.counted(measure)
    facts = MarkFacts(change, mark, number)
    times = marks.times.get(key, 0) + 1
    alert = _alert(facts, "raise", times, milestone_text(facts))
    milestone = Milestone(
        id=alert.id, mark=clipped(mark.name), text=alert.text, council=change.new.council
    )
    after = ToldMarks(
        {**marks.standing, key: ToldMark(mark, alert.id, counted, number)},
        {**marks.times, key: times},
        (*marks.milestones, milestone)[-MILESTONES_MAX:],
    )
    return after, alert


def _retraction(change: CouncilChange, told: ToldMark, over_all: int | None, times: int) -> Alert:
    facts = MarkFacts(change, told.mark, over_all)
    return _alert(facts, "retract", times, withdrawn_text(facts), told.alert)


def _alert(
    facts: MarkFacts, action: Action, times: int, text: str, retracts: str | None = None
) -> Alert:
    night, mark = facts.change.night, facts.mark
    return Alert(
        id=alert_id(night.election, "milestone", *mark.key, action, times),
        kind="milestone",
        action=action,
        election=night.election,
        council=None,
        name=clipped(mark.name),
        mode=night.mode,
        retracts=retracts,
        text=text,
        paragraph=(
            milestone_paragraph(facts) if action == "raise" else withdrawn_mark_paragraph(facts)
        ),
        proof=milestone_proof(facts),
    )
