"""A second count of a night's files, as simple as possible: everything anew after every event.

It shares no code with `election/` or the file readers and was written only from the rules, so
that a fault in either shows as a difference.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from uk_election_ids.slugger import slugify

INDEPENDENT = "ynmp-party:2"


def key(party_id: str, party: str) -> str:
    if party_id == "joint-party:53-119":
        return "PP53"
    return party_id or party


@dataclass
class Ward:
    ballot: str
    seats: int
    nominated: Counter[str] | None
    rows: list[tuple[str, str, int | None, int | None]]
    later: str
    winners: Counter[str] | None = None
    candidates: list[tuple[str, int | None, bool]] = field(default_factory=list)
    revision: int = 0

    @property
    def left(self) -> Counter[str] | None:
        """The nominees who are not elected, by party; None if nominations are not known."""
        return None if self.nominated is None else self.nominated - (self.winners or Counter())

    @property
    def open_seats(self) -> int:
        """Seats that are not filled and that somebody is left, or may be, to fill."""
        free = self.seats - sum((self.winners or Counter()).values())
        if self.winners is None or self.left is None:
            return free
        return min(free, sum(self.left.values()))


@dataclass
class Council:
    row: dict[str, str]
    standing: list[dict[str, str]]
    wards: dict[tuple[str, str], Ward] = field(default_factory=dict)
    raised: dict[str, dict[str, Any]] = field(default_factory=dict)
    settled_at: str | None = None

    @property
    def total(self) -> int:
        return int(self.row["seats_total"])

    @property
    def majority(self) -> int:
        return self.total // 2 + 1

    @property
    def vacant(self) -> int:
        return int(self.row["seats_vacant"] or 0)

    @property
    def stv(self) -> bool:
        return self.row["council_gss"][:1] in {"S", "N"}


def winners_of(
    rows: list[tuple[str, str, int | None, int | None]], seats: int, *, stv: bool
) -> tuple[Counter[str], list[tuple[str, int | None, bool]]] | None:
    votes = [row[2] for row in rows]
    if any(elected == 1 for *_, elected in rows):
        decided = [(party, number, elected == 1) for _, party, number, elected in rows]
    elif stv or not any(votes) or None in votes or all(row[3] == 0 for row in rows):
        return None
    else:
        ranked = sorted(rows, key=lambda row: -(row[2] or 0))
        if len(ranked) > seats and ranked[seats - 1][2] == ranked[seats][2]:
            tied = {party for _, party, votes, _ in ranked if votes == ranked[seats][2]}
            if len(tied) > 1:
                return None
        decided = [(party, votes, i < seats) for i, (_, party, votes, _) in enumerate(ranked)]
    return Counter(party for party, _, won in decided if won), decided


def load(
    councils: list[dict[str, str]], standing: list[dict[str, str]], results: list[dict[str, str]]
) -> dict[str, Council]:
    found = {
        row["council_gss"]: Council(
            row, [line for line in standing if line["council_gss"] == row["council_gss"]]
        )
        for row in councils
    }
    for row in results:
        council = found[row["council_gss"]]
        place = (row["ward_gss"], row["ward"])
        if place not in council.wards:
            slug = f"{slugify(row['council'])}.{slugify(row['ward'] or row['ward_gss'])}"
            council.wards[place] = Ward(
                f"local.{slug}.{row['election_date']}",
                int(row["seats_contested"]),
                Counter(),
                [],
                row["election_date"],
            )
        ward = council.wards[place]
        if not row["candidate"] and not row["party"]:
            ward.nominated = None
            continue
        party = key(row["party_id"], row["party"])
        if ward.nominated is not None:
            ward.nominated[party] += 1
        ward.rows.append(
            (
                row["candidate"],
                party,
                int(row["votes"]) if row["votes"] else None,
                int(row["elected"]) if row["elected"] else None,
            )
        )
    return found


def bounds(council: Council) -> tuple[dict[str, int], dict[str, int], dict[str, int], int]:
    """Returns held, least and best by party, and the best of a party nobody has named."""
    held: Counter[str] = Counter()
    parties: set[str] = set()
    for line in council.standing:
        party = key(line["party_id"], line["party"])
        parties.add(party)
        held[party] += int(line["seats_not_up"] or 0)
    up = sum(ward.seats for ward in council.wards.values())
    # Seats that nobody holds and no listed ward fills, unless they are said to be vacant.
    stranger = max(0, council.total - up - sum(held.values()) - council.vacant)
    for ward in council.wards.values():
        parties |= set(ward.nominated or ()) | set(ward.winners or ())
        held.update(ward.winners or ())
    least, best = ({party: held[party] for party in parties} for _ in range(2))
    for ward in council.wards.values():
        if ward.left is None:
            stranger += ward.open_seats
            continue
        everyone = sum(ward.left.values())
        for party in parties:
            mine = ward.left[party]
            best[party] += min(ward.open_seats, mine)
            least[party] += max(0, min(ward.open_seats, everyone) - (everyone - mine))
    return dict(held), least, {party: seats + stranger for party, seats in best.items()}, stranger


def control_of(council: Council) -> str | None:
    _, least, best, stranger = bounds(council)
    independents = council.row["independents_as_party"] == "1"
    may = [party for party in best if party != INDEPENDENT or independents]
    for party in may:
        if least[party] >= council.majority:
            return party
    if stranger < council.majority and all(best[party] < council.majority for party in may):
        return "NOC"
    return None


def outcome_of(before: str, control: str | None) -> tuple[str | None, bool | None]:
    if control is None:
        return "undetermined", None
    if not before:
        return None, None
    if before == control:
        return ("noc_hold" if control == "NOC" else "hold"), False
    if before == "NOC":
        return "gain_from_noc", True
    return ("loss_to_noc" if control == "NOC" else "gain"), True


def is_out(council: Council) -> bool:
    before = council.row["control_before"]
    if not before or before == "NOC":
        return False
    _, _, best, stranger = bounds(council)
    return best.get(before, stranger) < council.majority


def announce(council: Council, cause: str | None, revision: int, seq: int | None) -> list[Any]:
    control = control_of(council)
    outcome, change = outcome_of(council.row["control_before"], control)
    now: dict[str, dict[str, Any]] = {}
    if is_out(council):
        now["incumbent_out"] = {"control": None, "outcome": None, "change": True}
    if control is not None:
        now["control"] = {"control": control, "outcome": outcome, "change": change}
    held, _, _, stranger = bounds(council)
    # Seats in no ward that is listed are open as those of a ward are.
    waiting = stranger or any(ward.open_seats for ward in council.wards.values())
    if council.wards and not waiting:
        seats = {party: number for party, number in held.items() if number}
        now["result"] = {"control": control, "outcome": outcome, "change": change, "seats": seats}
    alerts = []
    common = {"cause": cause, "cause_revision": revision, "seq": seq}
    for kind in ("incumbent_out", "control", "result"):
        if kind in council.raised and council.raised[kind] != now.get(kind):
            alerts.append({"kind": kind, "action": "retract", **council.raised.pop(kind), **common})
            if kind == "control":
                council.settled_at = None
    for kind in ("incumbent_out", "control", "result"):
        if kind in now and kind not in council.raised:
            council.raised[kind] = now[kind]
            alerts.append({"kind": kind, "action": "raise", **now[kind], **common})
            if kind == "control":
                council.settled_at = cause
    return [{"council_gss": council.row["council_gss"], **alert} for alert in alerts]


def flip_ward(ward: Ward, party: str, lost: int) -> int | None:
    """The fewest voters who cost a party that many seats in a ward, by trying every level."""
    own = sorted((votes or 0 for name, votes, _ in ward.candidates if name == party), reverse=True)
    others = sorted(
        (votes or 0 for name, votes, _ in ward.candidates if name != party), reverse=True
    )
    seats_held = sum(won for name, _, won in ward.candidates if name == party)
    above, first = ward.seats - seats_held + lost, seats_held - lost + 1
    if seats_held < lost or len(others) < above:
        return None
    costs = [
        max(
            sum(max(0, level - votes) for votes in others[:above]),
            sum(max(0, votes - level + 1) for votes in own[first - 1 :]),
        )
        for level in range(1, max(own + others) + 2)
    ]
    cheapest = min(costs)
    return None if cheapest > sum(own) else cheapest


def flip_council(council: Council) -> int | None:
    control = control_of(council)
    held, *_ = bounds(council)
    if control in {None, "NOC"} or held.get(control or "", 0) < council.majority:
        return None
    needed = held[control or ""] - council.majority + 1
    cheapest: dict[int, int] = {0: 0}
    for ward in council.wards.values():
        polled = len(ward.candidates) > ward.seats
        counted = all(votes is not None for _, votes, _ in ward.candidates)
        if ward.winners is None or ward.open_seats or council.stv or not polled or not counted:
            continue
        after = dict(cheapest)
        for lost in range(1, ward.winners[control or ""] + 1):
            cost = flip_ward(ward, control or "", lost)
            if cost is None:
                continue
            for before, spent in cheapest.items():
                reached = min(needed, before + lost)
                after[reached] = min(after.get(reached, 10**12), spent + cost)
        cheapest = after
    return cheapest.get(needed)


def summary(council: Council) -> dict[str, Any]:
    held, *_ = bounds(council)
    control = control_of(council)
    outcome, _ = outcome_of(council.row["control_before"], control)
    wards = council.wards.values()
    declared = [ward for ward in wards if ward.winners is not None and not ward.open_seats]
    return {
        "council_gss": council.row["council_gss"],
        "majority": council.majority,
        "seats": {party: seats for party, seats in held.items() if seats},
        "seats_declared": sum(sum((ward.winners or {}).values()) for ward in wards),
        "wards_declared": len(declared),
        "wards_total": len(council.wards),
        "control": control,
        "outcome": outcome,
        "incumbent_out": is_out(council),
        "settled_at": council.settled_at,
        "votes_to_flip": flip_council(council),
    }


def recount(
    councils: list[dict[str, str]],
    standing: list[dict[str, str]],
    results: list[dict[str, str]],
    events: list[dict[str, Any]] | None,
) -> dict[str, Any]:
    """Returns councils and alerts as `livecount tally --json` should."""
    found = load(councils, standing, results)
    alerts = [alert for council in found.values() for alert in announce(council, None, 0, 0)]
    if events is None:
        order = [
            (ward.later, council, ward)
            for council in found.values()
            for ward in council.wards.values()
        ]
        first = {id(ward): place for place, (_, _, ward) in enumerate(order)}
        for _, council, ward in sorted(order, key=lambda entry: (entry[0], first[id(entry[2])])):
            typed = any(votes or elected for _, _, votes, elected in ward.rows)
            said = any(elected is not None for *_, elected in ward.rows)
            # Votes that are 0 for everybody are none, and nobody elected is no result yet.
            if not typed and (said or any(votes == 0 for _, _, votes, _ in ward.rows)):
                continue
            decided = winners_of(ward.rows, ward.seats, stv=council.stv)
            if decided is not None:
                ward.winners, ward.candidates = decided
                alerts += announce(council, ward.ballot, 1, None)
    for event in events or ():
        if event["type"] != "declaration":
            continue
        council = found[event["council_gss"]]
        ward = council.wards[event["ward_gss"], event["ward"]]
        if event["revision"] <= ward.revision:
            continue
        ward.revision = event["revision"]
        decided = winners_of(
            [
                (row["candidate"], key(row["party_id"], row["party"]), row["votes"], row["elected"])
                for row in event["candidates"]
            ],
            event["seats"],
            stv=council.stv,
        )
        ward.winners, ward.candidates = decided if decided is not None else (None, [])
        alerts += announce(council, ward.ballot, event["revision"], event["seq"])
    return {"councils": [summary(council) for council in found.values()], "alerts": alerts}
