"""Who wants which alert."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas.alert import Alert
from schemas.push_subscription import Following, PushKind, PushSubscription
from services.push.subscriptions import Subscriptions, is_wanted, subscriber
from tests.support.notifier_receivers import a_milestone, an_alert

BARNET = "local.barnet.2014-05-22"
WARD = "local.barnet.oakleigh.2014-05-22"
CAUSE = "local.barnet.childs-hill.2014-05-22"
NIGHT = "local.2014-05-22"
POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"


def a_subscription(name: str, *following: Following) -> PushSubscription:
    return PushSubscription(
        endpoint=f"https://fcm.googleapis.com/{name}",
        p256dh=POINT,
        auth="BTBZMqHH6r4Tts7J_aSIgg",
        following=following,
        at=datetime(2026, 5, 7, tzinfo=UTC),
    )


def everything(*abouts: str) -> tuple[Following, ...]:
    return tuple(Following(about=about, kinds=("all",)) for about in abouts)


def told(alert: Alert) -> set[str]:
    """Returns which of four readers are told: of the council, two wards and the night."""
    subscriptions = Subscriptions()
    names = {}
    for about in (BARNET, WARD, CAUSE, NIGHT):
        added = a_subscription(about, *everything(about))
        subscriptions.put(subscriber(added))
        names[added.id] = about
    return {names[each] for each in subscriptions.wanting(alert)}


def test_an_alert_is_told_to_who_follows_what_it_is_about() -> None:
    """Its council, its night, the wards it is about and the one that caused it."""
    assert told(an_alert(1)) == {BARNET, CAUSE, NIGHT}
    assert told(an_alert(1, kind="recount", ballots=(WARD,), cause=WARD)) == {BARNET, WARD, NIGHT}
    assert told(an_alert(1, kind="decider", ballots=(WARD,))) == {BARNET, WARD, NIGHT}
    assert told(a_milestone()) == {NIGHT}
    assert told(an_alert(1, council="local.brent.2014-05-22", cause=None, cause_revision=0)) == {
        NIGHT
    }


def test_who_follows_several_things_is_told_once() -> None:
    """A council and its night are two ways to the same alert."""
    subscriptions = Subscriptions()
    subscriptions.put(subscriber(a_subscription("ann", *everything(NIGHT, BARNET, CAUSE))))

    assert len(subscriptions.wanting(an_alert(1))) == 1


@pytest.mark.parametrize(
    ("kinds", "wanted"),
    [
        (("changes",), {"gain", "gain withdrawn"}),
        (("calls",), {"hold", "gain", "gain withdrawn"}),
        (("results",), {"full"}),
        (("calls", "results"), {"hold", "gain", "gain withdrawn", "full"}),
        (("all",), {"hold", "gain", "gain withdrawn", "full", "recount", "mark"}),
    ],
)
def test_each_kind_is_what_its_name_says(kinds: tuple[PushKind, ...], wanted: set[str]) -> None:
    """A withdrawal is told to who is told such alerts; a digest of the night to nobody."""
    alerts = {
        "hold": an_alert(1),
        "gain": an_alert(2, change=True),
        "gain withdrawn": an_alert(3, change=True, action="retract", retracts=an_alert(2).id),
        "full": an_alert(4, kind="result"),
        "recount": an_alert(5, kind="recount", change=None),
        "mark": a_milestone(6),
        "digest": a_milestone(7, kind="night", name="02.15"),
    }

    assert {name for name, each in alerts.items() if is_wanted(each, frozenset(kinds))} == wanted


def test_what_the_control_alert_says_as_well_is_told_once() -> None:
    """Who is told the control alert is not told besides it; who is not, is told the other."""
    full = an_alert(1, kind="result", told_by=an_alert(2).id, change=True)

    assert not is_wanted(full, frozenset({"calls", "results"}))
    assert not is_wanted(full, frozenset({"changes", "results"}))
    assert not is_wanted(full, frozenset({"all"}))
    assert is_wanted(full, frozenset({"results"}))
    assert is_wanted(full.model_copy(update={"change": False}), frozenset({"changes", "results"}))


def test_a_subscription_is_what_was_said_last() -> None:
    """Putting it again replaces it, removing it leaves nothing, and neither needs it to be new."""
    subscriptions = Subscriptions()
    first = a_subscription("ann", *everything(BARNET, NIGHT))
    subscriptions.put(subscriber(first))
    subscriptions.put(subscriber(a_subscription("ann", *everything(WARD))))
    kept = subscriptions.get(first.id)

    assert kept is not None
    assert kept.model().following == everything(WARD)
    assert subscriptions.wanting(an_alert(1)) == []
    for _ in range(2):
        subscriptions.remove(first.id)
    assert len(subscriptions) == 0
    assert subscriptions.get(first.id) is None
