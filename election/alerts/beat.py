"""Beat: which of the wire's two an alert is, and the table of seats that it carries."""

from __future__ import annotations

from election.count import Count
from election.text.public_party import usual_name
from election.text.public_seats import compared
from schemas.alert import Beat, CouncilKind
from schemas.alert_seats import ALERT_PARTIES_MAX, AlertSeats
from schemas.party import OTHERS


def beat_of(kind: CouncilKind) -> Beat | None:
    """Returns the beat of a raised alert: `flash` for a call, `final` for a full result.

    None for any other. A withdrawal has none either: it is neither of the two.
    """
    match kind:
        case "control":
            return "flash"
        case "result":
            return "final"
    return None


def table_of(kind: CouncilKind, count: Count) -> tuple[AlertSeats, ...]:
    """Returns the seats of a call or of a full result by party, most seats first.

    A full result has each party's change, and those that have lost all their seats. Of more than
    `ALERT_PARTIES_MAX` parties the smallest are added up. Empty for any other kind.
    """
    beat = beat_of(kind)
    if beat is None:
        return ()
    changes = compared(count).changes if beat == "final" else {}
    ranked = [
        (party, seats, changes.get(party))
        for party, seats in count.held.items()
        if seats or changes.get(party)
    ]
    rest: list[tuple[str, int, int | None]] = []
    if len(ranked) > ALERT_PARTIES_MAX:
        named = [each for each in ranked if each[0] != OTHERS][: ALERT_PARTIES_MAX - 1]
        rest = [each for each in ranked if each not in named]
        ranked = named
    table = [
        AlertSeats(
            party_id=party,
            party=usual_name(party, count.names.get(party, "")),
            seats=seats,
            change=change,
        )
        for party, seats, change in ranked
    ]
    if rest:
        known = [change for *_, change in rest if change is not None]
        table.append(
            AlertSeats(
                party_id=OTHERS,
                party=OTHERS,
                seats=sum(seats for _, seats, _ in rest),
                change=sum(known) if len(known) == len(rest) else None,
            )
        )
    return tuple(table)
