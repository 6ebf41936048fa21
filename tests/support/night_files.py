"""Random nights as the files that newsrooms bring: every cycle, system and kind of trouble."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from random import Random
from typing import Any

PARTIES = [
    ("Conservative and Unionist Party", "PP52"),
    ("Labour Party", "PP53"),
    ("Labour and Co-operative Party", "joint-party:53-119"),
    ("Liberal Democrats", "PP90"),
    ("Independent", "ynmp-party:2"),
    ("Ashfield Independents", ""),
]
CONTROL_BEFORE = ["PP52", "PP53", "NOC", "", "Ashfield Independents"]
FIELDS = (
    *("election_date", "council", "council_gss", "ward", "ward_gss", "seats_contested"),
    *("candidate", "party", "party_id", "votes", "elected", "electorate", "turnout_pct", "source"),
)

Row = dict[str, str]


def ranked_result(chance: Random, names: list[tuple[str, str, str]], seats: int) -> list[Any]:
    """Returns (name, party, party id, votes, elected) with flags that agree with the votes.

    Now and then only some of those elected are flagged, as in a ward that is declared in part.
    """
    votes = [chance.randint(0, 12) for _ in names]
    order = sorted(range(len(names)), key=lambda i: (-votes[i], chance.random()))
    winners = order[:seats]
    if chance.random() < 0.2:
        winners = chance.sample(winners, chance.randint(0, len(winners)))
    return [(*name, votes[i], i in winners) for i, name in enumerate(names)]


class RandomNight:
    """One night: the rows of the three files and the events of the fourth, or None."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.councils: list[Row] = []
        self.standing: list[Row] = []
        self.results: list[Row] = []
        self.wards: list[dict[str, Any]] = []
        for number in range(chance.randint(1, 2)):
            self._council(number)
        self.events = self._events() if chance.random() < 0.6 else None

    def _council(self, number: int) -> None:
        chance = self.chance
        gss = f"{chance.choice('EEEWS')}0900000{number}"
        stv = gss[0] in "SN"
        name = f"Council {chr(65 + number)}"
        cycle = chance.choice(["all-out", "thirds", "halves", "other"])
        up = 0
        for ward in range(chance.randint(1, 5)):
            up += self._ward(name, gss, ward, stv=stv)
        not_up = 0
        for party, party_id in chance.sample([p for p in PARTIES if p[1][:5] != "joint"], 3):
            seats = 0 if cycle == "all-out" else chance.randint(0, 4)
            blank = cycle != "all-out" and chance.random() < 0.1
            not_up += 0 if blank else seats
            self.standing.append(
                {
                    "council_gss": gss,
                    "party_id": party_id,
                    "party": party,
                    "seats_eve_of_poll": "",
                    "seats_last_election": "",
                    "seats_not_up": "" if blank else str(seats),
                }
            )
        spare = chance.choice([0, 0, 0, 1, 2])
        self.councils.append(
            {
                "election_date": "2022-05-05",
                "council": name,
                "council_gss": gss,
                "cycle": cycle,
                "seats_total": str(up + not_up + spare),
                "seats_vacant": chance.choice(["", "", str(chance.randint(0, spare))]),
                "control_before": chance.choice(
                    ["PP52", "PP53", "NOC", "", "Ashfield Independents"]
                ),
                "independents_as_party": chance.choice("0001"),
            }
        )

    def _ward(self, council: str, gss: str, number: int, *, stv: bool) -> int:
        chance = self.chance
        seats = chance.randint(1, 3)
        ward = {
            "council": council,
            "council_gss": gss,
            "ward": f"Ward {number}",
            "ward_gss": chance.choice(["", f"E0500000{number}"]),
            "seats": seats,
            "stv": stv,
            "names": [
                (f"Candidate {i}", *chance.choice(PARTIES))
                for i in range(chance.choice([1, 2, 3, 4, 5, 6]))
            ],
        }
        kind = chance.choice(["flags", "flags", "votes", "both", "open", "unknown"])
        common = {
            "election_date": "2022-06-09" if chance.random() < 0.1 else "2022-05-05",
            "council": council,
            "council_gss": gss,
            "ward": ward["ward"],
            "ward_gss": ward["ward_gss"],
            "seats_contested": str(seats),
        }
        blank = dict.fromkeys(FIELDS, "")
        if kind == "unknown":
            ward["names"] = [
                (f"Candidate {i}", *chance.choice(PARTIES)) for i in range(chance.randint(1, 6))
            ]
            self.results.append({**blank, **common})
        else:
            for name, party, party_id, votes, elected in ranked_result(
                chance, ward["names"], seats
            ):
                self.results.append(
                    {
                        **blank,
                        **common,
                        "candidate": name,
                        "party": party,
                        "party_id": party_id,
                        "votes": str(votes) if kind in {"votes", "both"} else "",
                        "elected": str(int(elected)) if kind in {"flags", "both"} else "",
                    }
                )
        self.wards.append(ward)
        return seats

    def _events(self) -> list[dict[str, Any]]:
        chance = self.chance
        events: list[dict[str, Any]] = []
        for ward in self.wards:
            for revision in range(1, chance.choice([0, 1, 1, 1, 2, 3]) + 1):
                flagged = ward["stv"] or chance.random() < 0.7
                stated = chance.random() < 0.8 or not flagged
                events.append(
                    {
                        "type": "declaration",
                        **self._place(ward),
                        "revision": revision,
                        "candidates": [
                            {
                                "candidate": name,
                                "party": party,
                                "party_id": party_id,
                                "votes": votes if stated else None,
                                "elected": int(elected) if flagged else None,
                            }
                            for name, party, party_id, votes, elected in ranked_result(
                                chance, ward["names"], ward["seats"]
                            )
                        ],
                    }
                )
            if chance.random() < 0.3:
                notice = chance.choice(["recount", "postponed"])
                events.append(
                    {"type": notice, **self._place(ward), "revision": 0, "candidates": []}
                )
        chance.shuffle(events)
        for place, event in enumerate(events):
            event["id"] = f"event-{place}"
        for event in tuple(events):
            if chance.random() < 0.2:
                events.insert(chance.randint(0, len(events)), dict(event))
        return [{"seq": seq, **event} for seq, event in enumerate(events, start=1)]

    @staticmethod
    def _place(ward: dict[str, Any]) -> dict[str, Any]:
        place = {name: ward[name] for name in ("council_gss", "council", "ward_gss", "ward")}
        return {**place, "seats": ward["seats"]}

    def write(self, folder: Path) -> dict[str, Path | None]:
        """Writes the files into a folder and returns their paths by option name."""
        paths: dict[str, Path | None] = {"events": None}
        for name, rows in (
            ("councils", self.councils),
            ("standing", self.standing),
            ("results", self.results),
        ):
            path = folder / f"{name}.csv"
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, rows[0].keys())
                writer.writeheader()
                writer.writerows(rows)
            paths[name] = path
        if self.events is not None:
            paths["events"] = folder / "events.jsonl"
            paths["events"].write_text("".join(json.dumps(event) + "\n" for event in self.events))
        return paths
