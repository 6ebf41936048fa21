"""Examples of what people do: the audit, sessions, subscriptions, and what the desk holds back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from schemas.audit_entry import About, AuditEntry
from schemas.hold import AlertsHeldBack, AlertsReleased
from schemas.push_subscription import Following, PushSubscription
from schemas.session import InvitationClaimed, SessionEnded

_BARNET = "local.barnet.2014-05-22"
_AT = datetime(2014, 5, 23, 4, 10, 2, tzinfo=UTC)

AUDIT = AuditEntry(
    at=_AT,
    action="declared",
    who="agency",
    about=(
        About(
            type="ward.declared",
            council=_BARNET,
            ballot_paper_id="local.barnet.childs-hill.2014-05-22",
            message="desk-17",
            partition=3,
            offset=1206,
        ),
    ),
    events=1,
    status=202,
    result="acknowledged",
    from_address="192.0.2.7",
)

CLAIMED = InvitationClaimed(
    key="ann-able",
    invitation="0c7e2f8a41d95b36a1f4c0de9b8273e5",
    device="9b1d4f6028c7e3a5f0a2b4c6d8e01357",
    is_stringers=True,
    expires=_AT + timedelta(days=7),
    at=_AT,
)

ENDED = SessionEnded(session="3f2a1b0c9d8e7f60514233241506a7b8", key="ann-able", at=_AT)

# The keys are those of RFC 8291, appendix A.
SUBSCRIBED = PushSubscription(
    endpoint="https://updates.push.services.mozilla.com/wpush/v2/example",
    p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth="BTBZMqHH6r4Tts7J_aSIgg",
    following=(Following(about=_BARNET, kinds=("calls",)),),
    at=_AT,
)

HELD_BACK = AlertsHeldBack(
    council=_BARNET,
    kinds=("control",),
    seconds=60,
    by="Ann",
    reason="one source so far",
    at=_AT,
)

RELEASED = AlertsReleased(
    council=_BARNET,
    alerts=("5f0c1a9e7d3b42868c5d0e4f6a7b8c9d",),
    ruling="send",
    by="Ann",
    reason="the returning officer has confirmed it",
    at=_AT,
)
