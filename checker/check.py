"""Checks certificates of livecount: whether what they say of a council's control is certain.

    python check.py certificate.json … [--log declarations.jsonl] [--alerts alerts.jsonl]

It makes each certificate anew from the facts in it: hash, seats, what each party can end with, the
conclusion, its words. With an archive's log it finds each fact there, and who was elected by it.
Exit status 0 if all hold, 1 if one does not, 2 if a file cannot be used. Needs Python 3.11 only.
"""

from __future__ import annotations

import argparse
import json
import sys
from base64 import b64decode
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

INDEPENDENT, SHOWN_MAX, BALLOT = "ynmp-party:2", 3, "ballot_paper_id"
OPENED, DECLARED = "council.opened", "council.declared"
MALFORMED = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)
# What the hash of an event is taken of, also in its lists; then what stands for what is left out.
HASHED = {
    OPENED: "council name revision seats_total seats_vacant control_before independents_as_party"
    " electoral_system standing wards",
    "ward.declared": "ballot_paper_id revision seats_contested candidates",
    "ward.status": "ballot_paper_id status",
    DECLARED: "council revision final seats",
    "standing": "party_id party seats_not_up",
    "wards": "ballot_paper_id ward seats_contested candidates",
    "candidates": "candidate party party_id votes elected tied_vote_winner",
    "seats": "party_id party seats",
}
LEFT_OUT: dict[str, Any] = {"candidate": "", "party": "", "party_id": "", "revision": 1}
LEFT_OUT |= dict.fromkeys(("final", "independents_as_party", "tied_vote_winner"), False)
LEFT_OUT |= {"electoral_system": "plurality", "standing": [], "wards": []}


def hash_of(value: Any) -> str:
    """Returns the SHA-256 of a value as JSON in UTF-8: sorted keys, no blanks, no escapes."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def differences(says: Any, should: Any, path: str) -> list[str]:
    """Returns where a value is another than it should be, a line each."""
    one, other = json.dumps(says, sort_keys=True), json.dumps(should, sort_keys=True)
    if isinstance(says, list) and isinstance(should, list):
        says, should = dict(enumerate(says)), dict(enumerate(should))
    if one == other or not isinstance(says, dict) or says.keys() != getattr(should, "keys", set)():
        says = f"{path}: it says {one[:150]}, but should say {other[:150]}"
        return [] if one == other else [says]
    return [w for k in should for w in differences(says[k], should[k], f"{path}.{k}")]


def _seats_in(entries: Any) -> Counter[str]:
    return Counter({str(each["party_id"]): max(0, int(each["seats"])) for each in entries})


def _listed(seats: Counter[str]) -> list[Any]:
    return [{"party_id": party, "seats": seats[party]} for party in sorted(seats) if seats[party]]


def _fact(said: Any, **more: Any) -> dict[str, Any]:
    numbers = {name: max(1, int(said[name])) for name in ("revision", "sources")}
    return {**numbers, "sha256": str(said["sha256"]), **more}


def open_ward(said: Any) -> dict[str, Any]:
    """Returns an open ward, with what each party can win there at most and at least."""
    anyone, seats = bool(said["open_to_any"]), max(1, int(said["seats"]))
    parties = [] if anyone else said["parties"]
    own = {str(each["party_id"]): max(0, int(each["candidates"])) for each in parties}
    standing, ends = sum(own.values()), []
    for party in (each for each in sorted(own) if own[each]):
        fewest = max(0, min(seats, standing) - (standing - own[party]))
        end = {"candidates": own[party], "most": min(seats, own[party]), "fewest": fewest}
        ends.append({"party_id": party, **end})
    ward = {BALLOT: str(said[BALLOT]), "ward": str(said["ward"]), "seats": seats}
    return {**ward, "open_to_any": anyone, "parties": ends}


def counted_ward(said: Any, still_open: int) -> dict[str, Any]:
    """Returns a counted ward, which has a seat for each that is won or still open."""
    won = _seats_in(said["won"])
    seats = max(1, won.total() + still_open, int(said["seats"]))
    ward = {BALLOT: str(said[BALLOT]), "ward": str(said["ward"]), "seats": seats}
    basis = "uncontested" if said["basis"] == "uncontested" else "result"
    return _fact(said, **ward, basis=basis, won=_listed(won), still_open=still_open)


def remade(c: Any) -> dict[str, Any]:
    """Returns a certificate with everything that follows from its facts computed anew."""
    whole, was, at = c["council_result"], c["opening"], c["positions"]
    of = str(c["council"]).split(".")
    unfilled = {w[BALLOT]: open_ward(w) for w in c["open_wards"] if not whole}
    seats = {ballot: ward["seats"] for ballot, ward in unfilled.items()}
    wards = {w[BALLOT]: counted_ward(w, seats.get(w[BALLOT], 0)) for w in c["wards"] if not whole}
    seats |= {ballot: ward["seats"] for ballot, ward in wards.items()}
    held = _seats_in(whole["seats"] if whole else c["not_up"])
    taken = held.total() + sum(seats.values())
    vacant = None if c["seats_vacant"] is None else max(0, int(c["seats_vacant"]))
    total = max(1, taken, int(c["seats_total"]))
    sizes = {"seats_total": total, "majority": total // 2 + 1, "seats_vacant": vacant}
    made = {
        **sizes,
        **{name: str(c[name]) for name in ("alert", "council", "name", "certain")},
        "kind": "incumbent_out" if c["kind"] == "incumbent_out" else "control",
        "election": ".".join([of[0], *of[2:]]),
        "independents_as_party": bool(c["independents_as_party"]),
        "opening": {"revision": max(1, int(was["revision"])), "sha256": str(was["sha256"])},
        "not_up": [] if whole else _listed(held),
        "council_result": whole and _fact(whole, final=bool(whole["final"]), seats=_listed(held)),
        "wards": [wards[each] for each in sorted(wards) if each.split(".")[:2] == of[:2]],
        "open_wards": [unfilled[b] for b in sorted(unfilled) if b.split(".")[:2] == of[:2]],
        "unaccounted": 0 if whole and whole["final"] else max(0, total - taken - (vacant or 0)),
        "sha256": hash_of({k: c[k] for k in c if k not in {"sha256", "positions"}}),
    }
    if at is not None:
        places = {n: int(at["offsets"][n]) for n in (OPENED, *([DECLARED] if whole else wards))}
        at = {"partition": int(at["partition"]), "offsets": places}
    names = {str(each["party_id"]): str(each["party"]) for each in c["parties"]}
    return made | conclusion(made, held, names) | {"positions": at}


def conclusion(c: Any, held: Counter[str], names: dict[str, str]) -> dict[str, Any]:
    """Returns what each party can end with, and the sum in words, if it proves anything."""
    anyone = c["unaccounted"] + sum(w["seats"] for w in c["open_wards"] if w["open_to_any"])
    not_up, majority, party = held.copy(), c["majority"], c["certain"]
    for won in (each for ward in c["wards"] for each in ward["won"]):
        held[won["party_id"]] += won["seats"]
    least, most = held.copy(), held.copy()
    for each in (each for ward in c["open_wards"] for each in ward["parties"]):
        least[each["party_id"]] += each["fewest"]
        most[each["party_id"]] += each["most"]
    best = {each: most[each] + anyone for each in sorted(most) if most[each]}
    may = {each: best[each] for each in best if each != INDEPENDENT or c["independents_as_party"]}
    name, of, end = names.get(party, party), f"of {c['seats_total']} seats", best.get(party, anyone)
    words = "nothing, as what it says does not follow"
    if c["kind"] == "incumbent_out" and party != "NOC" and end < majority:
        parts = f", {held[party]} held and {end - held[party]} open to it" if party in best else ""
        words = f"{name}: {end} {of} at most{parts}; {majority} are needed."
    elif c["kind"] == "control" and party == "NOC" and max(anyone, *may.values(), 0) < majority:
        top = sorted(may, key=lambda each: (-may[each], each))[:SHOWN_MAX]
        reach = [f"{names.get(each, each)} {may[each]} at most" for each in top]
        reach += [f"anyone else {anyone} at most"] if anyone else []
        words = f"Nobody can reach {majority} {of}{': ' if reach else ''}{', '.join(reach)}."
    elif c["kind"] == "control" and party in may and least[party] >= majority:
        forced = least[party] - held[party]
        by = f"{not_up[party]} not up and {held[party] - not_up[party]} won"
        by += f", and {forced} by nominations alone" if forced else ""
        by = "by the result of the council as a whole" if c["council_result"] else by
        words = f"{name}: {least[party]} {of} at least, {by}; {majority} are a majority."
    ends = {each: {"held": held[each], "least": least[each], "best": best[each]} for each in best}
    parties = [{"party_id": p, "party": names.get(p, p), **ends[p]} for p in best]
    return {"parties": parties, "sum": words}


def hashed(said: Any, kind: str) -> dict[str, Any]:
    """Returns of an event, or of an entry of one of its lists, what its hash is taken of."""
    found = {}
    for name in HASHED[kind].split():
        each = LEFT_OUT.get(name) if said.get(name) is None else said[name]
        found[name] = [hashed(e, name) for e in each] if isinstance(each, list) else each
    return found


def party_of(each: dict[str, Any]) -> str:
    """Returns the key that a seat is counted under; Labour and Co-operative is Labour."""
    party_id, label = str(each["party_id"]), str(each.get("party", ""))
    if party_id or label.casefold() in {"", "independent", "independents"}:
        return "PP53" if party_id == "joint-party:53-119" else party_id or INDEPENDENT
    return label


def won_in(said: Any, *, stv: bool) -> Counter[str]:
    """Returns the seats won in a ward: by those marked as elected, or else by the most votes."""
    seats, people = said["seats_contested"], said["candidates"]
    if stv or any(each["elected"] for each in people) or any(p["votes"] is None for p in people):
        return Counter(party_of(each) for each in people if each["elected"])
    people = sorted(people, key=lambda p: (p["votes"], p["tied_vote_winner"]), reverse=True)
    last = [(p["votes"], p["tied_vote_winner"]) for p in people[seats - 1 : seats + 1]]
    level = {party_of(p) for p in people if last and p["votes"] == last[0][0]}
    is_tied = last[:1] == last[1:] != [] and len(level) > 1
    return Counter() if is_tied else Counter(map(party_of, people[:seats]))


class Log:
    """The events of a log: what is hashed of each, by council and hash, and what is where."""

    def __init__(self, lines: Any) -> None:
        self.found: dict[tuple[str, str, str], tuple[str, Any]] = {}
        self.at: dict[tuple[int, int], tuple[str, str]] = {}
        for record in map(json.loads, lines):
            value, place = record["value"], (record["partition"], record["offset"])
            try:
                text = b64decode(value["base64"]) if isinstance(value, dict) else value
                event = {} if record.get("broken") else json.loads(text)
                said = event.get("figure") or event
                key = self.at[place] = (event["council"], event.get(BALLOT, event["type"]))
                found = hashed(said, said["type"])
                gone = [each.get("replaces") for each in said.get("wards", [])]
            except MALFORMED:
                continue  # It is no fact, or did not count.
            where = f"partition {place[0]}, offset {place[1]}", {**found, "gone": gone}
            self.found.setdefault((*key, hash_of(found)), where)

    def check(self, c: Any) -> tuple[list[str], list[str]]:
        """Returns what of a certificate the log does not bear out, and where its facts are."""
        facts = {OPENED: c["opening"], **{each[BALLOT]: each for each in c["wards"]}}
        facts |= {DECLARED: c["council_result"]} if c["council_result"] else {}
        found: Any = {n: self.found.get((c["council"], n, facts[n]["sha256"])) for n in facts}
        if None in found.values():
            return [f"{n}: no event of the log says so" for n in facts if not found[n]], []
        wrong = differences(c, self._should(c, {name: found[name][1] for name in facts}), "log")
        for name, offset in (c["positions"] or {"offsets": {}})["offsets"].items():
            is_there = self.at.get((c["positions"]["partition"], offset)) == (c["council"], name)
            wrong += [] if is_there else [f"{name}: is not at offset {offset}"]
        return wrong, [f"{name}: {found[name][0]}" for name in facts]

    def _should(self, c: Any, events: dict[str, Any]) -> Any:
        opened, whole = events[OPENED], events.get(DECLARED)
        made = c | {name: opened[name] for name in c.keys() & opened.keys()}
        opening = c["opening"] | {"revision": opened["revision"]}
        made |= {"opening": opening, "wards": [], "open_wards": []}
        if c["kind"] == "incumbent_out":
            made["certain"] = party_of({"party_id": opened["control_before"] or "NOC"})
        seats = Counter[str]()
        for each in whole["seats"] if whole else opened["standing"]:
            seats[party_of(each)] += each["seats" if whole else "seats_not_up"] or 0
        if whole:
            said = {"revision": whole["revision"], "final": whole["final"], "seats": _listed(seats)}
            return made | {"council_result": c["council_result"] | said}
        for ward in sorted(opened["wards"], key=lambda each: str(each[BALLOT])):
            if ward[BALLOT] not in opened["gone"]:
                self._add_ward(made, c, ward, events)
        return made | {"not_up": _listed(seats)}

    def _add_ward(self, made: Any, c: Any, ward: Any, events: dict[str, Any]) -> None:
        people, said, seats = ward["candidates"], events.get(ward[BALLOT]), ward["seats_contested"]
        nominated, won, own = Counter(map(party_of, people or ())), Counter[str](), dict[str, Any]()
        key, off = (c["council"], ward[BALLOT]), {BALLOT: ward[BALLOT], "status": "countermanded"}
        if said and "status" in said:
            won, own["basis"] = nominated, said["status"]
        elif said:
            won = won_in(said, stv=events[OPENED]["electoral_system"] == "stv")
            seats, own = said["seats_contested"], {"basis": "result", "revision": said["revision"]}
        left, still = nominated - won, seats - won.total()
        if said:
            still = still if people is None else min(still, left.total())
            own |= {"ward": ward["ward"], "seats": seats, "won": _listed(won), "still_open": still}
            made["wards"] += [f | own for f in c["wards"] if f[BALLOT] == ward[BALLOT]]
        if still:
            parties = [{"party_id": party, "candidates": left[party]} for party in left]
            # Whether a notice counted at the call does not follow from a log, only that it exists.
            says = any(w["open_to_any"] for w in c["open_wards"] if w[BALLOT] == ward[BALLOT])
            is_off = says and not said and (*key, hash_of(off)) in self.found
            entry = {"seats": still, "open_to_any": people is None or is_off, "parties": parties}
            made["open_wards"].append(open_ward(ward | entry))


def check(c: Any, log: Log | None = None, alerts: Any = None) -> tuple[list[str], list[str]]:
    """Returns what is wrong with a certificate and, if it holds, why; alerts are by id."""
    try:
        wrong = differences(c, remade(c), "certificate")
        if alerts is not None and not wrong:
            its = {name: c[name] for name in ("kind", "election", "council", "name")}
            its |= {"certificate": c["sha256"], "id": c["alert"]}
            wrong = differences(its, {n: alerts.get(c["alert"], {}).get(n) for n in its}, "alert")
        wrong, why = (wrong, []) if wrong or not log else log.check(c)
    except MALFORMED as error:
        return [f"certificate: cannot be read: {type(error).__name__} {error}"], []
    return wrong, [] if wrong else [c["sum"], *why]


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit status; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="check.py", description="Checks certificates.")
    parser.add_argument("certificates", nargs="+", type=Path)
    parser.add_argument("--log", type=Path, help="log/declarations.jsonl of an archive")
    parser.add_argument("--alerts", type=Path, help="alerts.jsonl of an archive")
    given, failed = parser.parse_args(arguments), 0
    try:
        log = Log(given.log.open(encoding="utf-8")) if given.log else None
        lines = given.alerts.open(encoding="utf-8") if given.alerts else []
        alerts = {each["id"]: each for each in map(json.loads, lines)} if given.alerts else None
        for path in given.certificates:
            faults, why = check(json.loads(path.read_bytes()), log, alerts)
            failed = 1 if faults else failed
            says = [f"{path}: {'does not hold' if faults else 'holds'}", *(faults or why)]
            sys.stdout.write("\n  ".join(says) + "\n")
    except (OSError, *MALFORMED) as error:
        parser.error(f"cannot be used: {error}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
