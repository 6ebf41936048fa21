"""What holds of alerts that the desk holds back, in whatever order things happen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from schemas.hold import HOLD_SECONDS_MAX, AlertsHeldBack, AlertsReleased, HoldEvent
from services.notifier.holding.holds import Holds
from services.notifier.notice import CONTROL_KINDS, Notice
from services.notifier.pending_notice import PendingNotice
from services.notifier.waiting_notices import WaitingNotices
from tests.support.holds import hold, release
from tests.support.notices import notice

BEGIN = datetime(2014, 5, 23, 1, 0, tzinfo=UTC)
COUNCILS = ("local.barnet.2014-05-22", "local.camden.2014-05-22")
KINDS = ("control", "incumbent_out", "result", "recount")
PARTITION = TopicPartition("alerts", 0)


class Notifier:
    """A channel's deliveries as the notifier does them: its log and its ledger outlast it.

    Every alert that is sent is checked against what the desk had said by then, read anew.
    """

    def __init__(self) -> None:
        self.now = BEGIN
        self.log: list[tuple[Notice, datetime]] = []
        self.desk: list[HoldEvent] = []
        self.ledger: dict[str, str] = {}
        self.sent: list[Notice] = []
        self.start()

    def start(self) -> None:
        """Reads what the desk has said, and then every alert that is not done with."""
        self.runs = True
        self.holds = Holds()
        for event in self.desk:
            self.holds.apply(event)
        self.waiting = WaitingNotices(self.holds)
        for place in range(len(self.log)):
            self._read(place)

    def publish(self, made: Notice) -> None:
        self.log.append((made, self.now))
        if self.runs:
            self._read(len(self.log) - 1)

    def say(self, event: HoldEvent) -> None:
        self.desk.append(event)
        if self.runs:
            self.holds.apply(event)

    def _read(self, place: int) -> None:
        made, at = self.log[place]
        if made.id not in self.ledger:
            self.waiting.add(PendingNotice(made, PARTITION, place, at, self.now))

    def work(self) -> None:
        """Finishes with everything that does not have to wait."""
        while self.runs:
            for pending, ruling in self.waiting.dropped():
                assert pending.notice.id in ruling.alerts or pending.notice.told_by in ruling.alerts
                self._finish(pending, "dropped")
            ready = self.waiting.ready(self.now)
            if not ready:
                self._check_what_waits()
                return
            first, notice = ready[0], ready[0].notice
            if self.waiting.why_untold(first, self.now) or (
                notice.retracts and self.ledger.get(notice.retracts) != "sent"
            ):
                self._finish(first, "withheld")
            else:
                assert notice.retracts or self._may_be_sent(notice, first.published_at)
                self.sent.append(notice)
                self._finish(first, "sent")

    def _check_what_waits(self) -> None:
        """Nothing waits longer than the desk has said, but behind what does."""
        waiting = [(each, at) for each, at in self.log if each.id not in self.ledger]
        for place, (each, at) in enumerate(waiting):
            before = [other for other, _ in waiting[:place]]
            if each.retracts:
                assert any(other.id == each.retracts for other in before)
            else:
                is_behind = any(order_of(other) == order_of(each) for other in before)
                assert is_behind or not self._may_be_sent(each, at)

    def _finish(self, pending: PendingNotice, status: str) -> None:
        assert pending.notice.id not in self.ledger
        self.ledger[pending.notice.id] = status
        self.waiting.remove(pending)

    def _may_be_sent(self, made: Notice, published_at: datetime) -> bool:
        ids = {made.id, made.told_by} - {""}
        if any(isinstance(each, AlertsReleased) and ids & {*each.alerts} for each in self.desk):
            return True
        kinds = {made.kind, *(("control",) if made.told_by else ())}
        for kind in kinds:
            for event in reversed(self.desk):
                if isinstance(event, AlertsHeldBack) and fits(event, made.council, kind):
                    if self.now < published_at + timedelta(seconds=event.seconds):
                        return False
                    break
        return True


def order_of(each: Notice) -> tuple[str, str]:
    return each.council, "control" if each.kind in CONTROL_KINDS else each.kind


def fits(event: AlertsHeldBack, council: str, kind: str) -> bool:
    return event.council in {None, council} and (not event.kinds or kind in event.kinds)


def made(number: int, **fields: Any) -> Notice:
    return notice(id=f"{number:032x}", **fields)


@st.composite
def nights(draw: st.DrawFn) -> Notifier:
    """Draws a night, which has happened when it is returned."""
    night = Notifier()
    withdrawn: set[str] = set()
    # Several alerts have to meet several holds before anything of interest happens.
    for _ in range(draw(st.integers(10, 40))):
        raised = [each for each, _ in night.log if not each.retracts]
        standing = [each for each in raised if each.id not in withdrawn]
        match draw(st.sampled_from("aaaaahhrwttts")):
            case "a":
                council, kind = draw(st.sampled_from(COUNCILS)), draw(st.sampled_from(KINDS))
                number = len(night.log)
                if kind == "incumbent_out" and draw(st.booleans()):
                    told_by = f"{number + 1:032x}"
                    night.publish(made(number, council=council, kind=kind, told_by=told_by))
                    number, kind = number + 1, "control"
                night.publish(made(number, council=council, kind=kind))
            case "h":
                kinds = tuple(draw(st.sets(st.sampled_from(KINDS))))
                council = draw(st.sampled_from((None, *COUNCILS)))
                seconds = draw(st.sampled_from((60, 30, 5, 0)))
                night.say(hold(seconds, council=council, kinds=kinds))
            case "r" if raised:
                one = draw(st.sampled_from(raised))
                ruling = draw(st.sampled_from(("send", "drop")))
                night.say(release(one.id, council=one.council, ruling=ruling))
            case "w" if standing:
                one = draw(st.sampled_from(standing))
                withdrawn.add(one.id)
                fields: Any = {"council": one.council, "kind": one.kind, "retracts": one.id}
                night.publish(made(len(night.log), **fields))
            case "t":
                night.now += timedelta(seconds=draw(st.integers(1, 70)))
            case "s":
                # Killed, or started again.
                night.runs = not night.runs
                if night.runs:
                    night.start()
        night.work()
    night.start()
    night.now += timedelta(seconds=HOLD_SECONDS_MAX)
    night.work()
    return night


@given(nights())
def test_every_alert_is_sent_once_in_its_time_or_dropped_by_name_or_withdrawn(
    night: Notifier,
) -> None:
    """Whatever the order of holds, releases, alerts and restarts."""
    withdrawn = {each.retracts for each, _ in night.log if each.retracts}
    dropped = {
        alert
        for event in night.desk
        if isinstance(event, AlertsReleased) and event.ruling == "drop"
        for alert in event.alerts
    }

    assert {each.id for each, _ in night.log} == night.ledger.keys()
    for each, _ in night.log:
        match night.ledger[each.id]:
            case "dropped":
                assert {each.id, each.told_by} & dropped
            case "withheld":
                assert each.retracts or each.id in withdrawn
    assert len({each.id for each in night.sent}) == len(night.sent)


@given(nights())
def test_what_was_told_is_withdrawn_and_nothing_else_is(night: Notifier) -> None:
    """Nobody is left with an alert that was taken back, or told that one was which nobody had."""
    for each, _ in night.log:
        if each.retracts:
            was_told = night.ledger[each.retracts] == "sent"
            assert (night.ledger[each.id] == "sent") is was_told


@given(nights())
def test_what_is_about_control_is_told_in_its_order(night: Notifier) -> None:
    """Of each council; and so is each other kind by itself."""
    for council in COUNCILS:
        for kinds in (CONTROL_KINDS, {"recount"}):
            told = [
                each.id
                for each in night.sent
                if each.council == council and each.kind in kinds and not each.retracts
            ]
            assert told == sorted(told)
