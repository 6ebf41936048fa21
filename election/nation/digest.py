"""Digest: what has changed in the night since the last one, as an alert."""

from __future__ import annotations

from datetime import UTC

from election.alerts.alert_id import alert_id
from election.nation.part_sum import NO_COUNCIL
from election.nation.place import WHOLE_NIGHT
from election.nation.plan import NightPlan
from election.nation.since import since_last
from election.nation.state import Night
from election.text.digest import digest_proof, digest_text, digest_time, wire_of
from election.text.public_night import digest_paragraph
from election.text.public_party import in_sentence
from schemas.alert import Alert
from schemas.night import DigestDue


def digest_alert(due: DigestDue, night: Night, plan: NightPlan) -> Alert | None:
    """Returns the alert that says what has changed since the last digest; None if nothing has."""
    since = since_last(night)
    if not since.is_anything:
        return None
    at = due.due_at
    councils = night.parts.get(WHOLE_NIGHT, NO_COUNCIL).councils
    not_opened = plan.expected_in(night.election).keys() - night.councils.keys()
    to_come = councils.opened - councils.complete + len(not_opened)
    wire = wire_of(night.labels)
    return Alert(
        id=alert_id(night.election, "night", at.astimezone(UTC).isoformat()),
        kind="night",
        action="raise",
        election=night.election,
        council=None,
        name=digest_time(at),
        mode=night.mode,
        caused_at=at,
        text=digest_text(since, at, councils, to_come, wire),
        paragraph=digest_paragraph(
            since,
            at,
            councils,
            to_come,
            lambda party: in_sentence(party or "", night.labels.get(party or "", "")),
        ),
        proof=digest_proof(since, wire),
    )
