"""Which messages are told to nobody."""

from __future__ import annotations

import pytest

from schemas.alert import Alert
from schemas.examples import TOTALS, WARD_TOTALS
from schemas.reject import Reject
from services.notifier.doubt import doubt_of_alert, doubt_of_reject, doubt_of_ward
from services.notifier.routing import decide
from tests.support.notices import channel, notice
from tests.support.notifier_receivers import a_milestone, an_alert

KEY = b"local.barnet.2014-05-22"
NIGHT = b"local.2014-05-22"


@pytest.mark.parametrize(
    ("namespace", "mode"), [("rehearsal", "rehearsal"), ("test-1", "rehearsal"), ("live", "live")]
)
def test_what_our_services_publish_is_in_order(namespace: str, mode: str) -> None:
    """An alert of the namespace's mode under its council's or election's key is told."""
    assert not doubt_of_alert(an_alert(mode=mode), KEY, namespace)
    assert not doubt_of_alert(a_milestone(mode=mode), NIGHT, namespace)
    assert not doubt_of_alert(a_milestone(kind="night", mode=mode), NIGHT, namespace)


@pytest.mark.parametrize(
    ("alert", "key", "namespace", "doubt"),
    [
        (an_alert(mode="live"), KEY, "rehearsal", "mode: 'live'; namespace 'rehearsal' is"),
        (an_alert(), KEY, "live", "mode: 'rehearsal'; namespace 'live' is 'live'"),
        (an_alert(election="local.2026-05-07"), KEY, "test", "election: local.barnet.2014-05-22"),
        (an_alert(), b"local.camden.2014-05-22", "test", "key: 'local.camden.2014-05-22'"),
        (an_alert(), None, "test", "key: none"),
        (an_alert(), b"\xff\x1b[2J", "test", "key: '\ufffd\\x1b[2J'"),
        (an_alert(council=None), NIGHT, "test", "council: none; 'control' is about one council"),
        (
            a_milestone(council=KEY.decode()),
            KEY,
            "test",
            "council: local.barnet.2014-05-22; 'milestone' is about the whole night",
        ),
        (a_milestone(), KEY, "test", "key: 'local.barnet.2014-05-22'; messages of local.2014"),
        (a_milestone(election="may"), b"may", "test", "election: 'may' is none; expected one"),
    ],
)
def test_an_alert_of_somebody_else_is_doubted(
    alert: Alert, key: bytes | None, namespace: str, doubt: str
) -> None:
    """The mode is the namespace's, and key and election are the council's."""
    assert doubt_of_alert(alert, key, namespace).startswith(doubt)


def test_a_ward_result_goes_by_the_mode_of_its_council() -> None:
    """A ward has no mode of its own; its council's totals must be of the namespace's mode."""
    key = WARD_TOTALS.council.encode()
    live = TOTALS.model_copy(update={"mode": "live"})
    rehearsed = TOTALS.model_copy(update={"mode": "rehearsal"})

    assert not doubt_of_ward(WARD_TOTALS, rehearsed, key, "test")
    assert not doubt_of_ward(WARD_TOTALS, live, key, "live")
    assert doubt_of_ward(WARD_TOTALS, live, key, "test").startswith("mode: ")
    assert doubt_of_ward(WARD_TOTALS, rehearsed, key, "live").startswith("mode: ")
    assert doubt_of_ward(WARD_TOTALS, live, b"other", "live").startswith("key: ")


def test_a_ward_of_another_council_is_doubted() -> None:
    """A ward that names a council it does not belong to is told to nobody."""
    foreign = WARD_TOTALS.model_copy(update={"ballot_paper_id": "local.camden.hale.2014-05-22"})
    rehearsed = TOTALS.model_copy(update={"mode": "rehearsal"})

    doubt = doubt_of_ward(foreign, rehearsed, foreign.council.encode(), "test")

    assert doubt.startswith("ballot_paper_id: local.camden.hale.2014-05-22 is no ballot of")


def test_a_reject_of_another_namespace_is_doubted() -> None:
    """A reject says where its message was: in this namespace's declarations."""
    reject = Reject(topic="live.declarations", partition=0, offset=1, reason="key", detail="")

    assert not doubt_of_reject(reject, "live")
    assert doubt_of_reject(reject, "test").startswith("topic: 'live.declarations'")


@pytest.mark.parametrize("retracts", ["", "1" * 32])
@pytest.mark.parametrize("mode", ["live", "rehearsal"])
def test_what_is_doubted_is_withheld_from_every_channel(mode: str, retracts: str) -> None:
    """Neither a channel for rehearsals nor one that had the alert is told."""
    doubted = notice(mode=mode, doubt="mode: as tested", retracts=retracts)

    for rehearsal in (True, False):
        for before in ("sent", "failed", None):
            assert decide(doubted, channel(rehearsal=rehearsal), before) == "withhold"
