"""Fold: applies one event. Live counts, rebuilds, rehearsals and tests all use this function."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from election.alert_state import AlertKey
from election.alerts.cause import cause_of
from election.alerts.changes import alert_changes, alerts
from election.claims import refuse_alone
from election.conflict import ConflictError, ContradictionError, HeldError
from election.council import Council
from election.council_transitions import apply_council_result, apply_opening
from election.transitions import Transition
from election.ward_transitions import apply_decision, apply_declaration, apply_status
from schemas.alert import Alert
from schemas.certificate import Certificate
from schemas.council import CouncilOpened
from schemas.council_result import CouncilDeclared
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.reject import Reason, broken_detail, fault_of
from schemas.ward import WardDeclared, WardStatus


@dataclass(frozen=True, slots=True)
class Effects:
    """What an event changed.

    `changed` is whether there is a new version of the council, and `ballots` are those whose
    ward entries changed. `alerts` are in publishing order, and `certificates` are of those that
    call control, or the incumbent out. `conflict` says why the event could not be applied, with
    field, value and remedy, and `contradiction` what in it cannot be right whoever says it; the
    council is then unchanged. So it is if `failure` is set: an error that the rules do not know,
    which means a fault in them. `parked` says what is kept, but does not count: the event itself,
    or for an opening what came before it; it is blank if all counts.
    `held` says why the word of a source waits, and `disputed` what it contradicts.
    """

    changed: bool = False
    ballots: tuple[str, ...] = ()
    alerts: tuple[Alert, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    conflict: str | None = None
    contradiction: str | None = None
    parked: str = ""
    held: str = ""
    disputed: str = ""
    failure: Exception | None = None

    @property
    def rejection(self) -> tuple[Reason, str] | None:
        """The reason and the words for which the event is a reject; None if it is none.

        What failed is left to the caller, who knows at which step.
        """
        why: tuple[tuple[Reason, str | None], ...] = (
            ("conflict", self.conflict),
            ("contradiction", self.contradiction),
            ("held", self.held),
            ("conflict", self.disputed),
            ("parked", self.parked),
        )
        return next(((reason, text) for reason, text in why if text), None)

    @property
    def aside(self) -> tuple[Reason, str] | None:
        """The same, and for what failed here the reject that the aggregator makes of it."""
        if self.failure is not None:
            return "broken", broken_detail(fault_of("fold", self.failure))
        return self.rejection


NO_EFFECTS = Effects()


def apply(event: Event, council: Council | None) -> tuple[Council, Effects]:
    """Returns the council after an event, and the event's effects. Never changes its input.

    A lower or equal revision changes nothing and returns the given council itself. Events that
    arrive before `council.opened` are stored, and count once it arrives; so are events of
    ballots that it does not list. Raises ValueError if the event belongs to another council, and
    MemoryError, but nothing else: one event that the rules cannot take must not stop all that
    follow it.
    """
    before = council or Council(council=event.council, mode=event.mode)
    if event.council != before.council:
        raise ValueError(f"council: {event.council} is not {before.council}; ask for it by its id")
    try:
        transition = _transition(event, before)
        return (
            (before, NO_EFFECTS) if transition is None else _with_alerts(event, before, transition)
        )
    except HeldError as held:
        return before, Effects(held=str(held))
    except ContradictionError as contradiction:
        return before, Effects(contradiction=str(contradiction))
    except ConflictError as conflict:
        return before, Effects(conflict=str(conflict))
    except MemoryError:
        # It says nothing of the event.
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this event's alone
        return before, Effects(failure=error)


def _transition(event: Event, council: Council) -> Transition | None:
    if event.mode != council.mode:
        raise ConflictError(
            f"mode: {event.mode}, but {council.council} is counted as {council.mode};"
            " give each a namespace of its own"
        )
    refuse_alone(event)
    match event:
        case WardDeclared():
            return apply_declaration(event, council)
        case WardStatus():
            return apply_status(event, council)
        case CouncilOpened():
            return apply_opening(event, council)
        case CouncilDeclared():
            return apply_council_result(event, council)
        case DeskDecided():
            return apply_decision(event, council)
    assert_never(event)


def _with_alerts(event: Event, before: Council, transition: Transition) -> tuple[Council, Effects]:
    after, ballots, parked, held, disputed = transition
    plain = Effects(changed=True, ballots=ballots, parked=parked, held=held, disputed=disputed)
    count = after.count
    if count is None:
        return after, plain
    of_ward = isinstance(event, WardDeclared | WardStatus | DeskDecided)
    settled_at = _settled_at(before, count.control, ballots[0] if of_ward else None)
    if settled_at != after.settled_at:
        after = after.with_settled_at(settled_at)
        count = after.count or count
    concerned = ballots
    if isinstance(event, CouncilOpened):
        concerned = tuple(dict.fromkeys((*ballots, *filter(None, after.raised))))
    changes = alert_changes(after, count, concerned)
    if changes is None:
        return after, plain
    ward = after.wards[ballots[0]].name if of_ward else ""
    completing = after.version if _completes(event, before) else 0
    cause = cause_of(event, ward, first=before.tally is None, completing=completing)
    made = alerts(after, count, changes, cause)
    effects = replace(plain, alerts=made.alerts, certificates=made.certificates)
    return after.with_raised(made.raised), effects


def _completes(event: Event, before: Council) -> bool:
    """Returns whether another event of the same ballot and revision may have changed a council.

    Two sources number their words each for itself.
    """
    if isinstance(event, CouncilDeclared):
        if before.evidence is not None:
            return True
        return before.declared is not None and before.declared.revision == event.revision
    known = before.wards.get(event.ballot_paper_id) if isinstance(event, WardDeclared) else None
    if known is not None and known.evidence is not None:
        return True
    declared = known.declared if known is not None else None
    return declared is not None and declared.revision == event.revision


def _settled_at(before: Council, control: str | None, ballot: str | None) -> str | None:
    """Returns the ballot that made a control certain. It stays the same while the control does."""
    if control is None:
        return None
    raised = before.raised.get("", {}).get(AlertKey("control"))
    return before.settled_at if raised and raised.condition.control == control else ballot
