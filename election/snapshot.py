"""Snapshot: a council's state as bytes, and back.

The only persistence in the rules. It is JSON, so that a person can read it when something is
wrong. Each ward is encoded once and its bytes are cached, so that a snapshot costs little more
late in the night than early. A council has hundreds of candidates, so a ballot's parties are
stored in a table, candidates as columns, and every value without a name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from election.alert_state import AlertKey, Condition, RaisedAlert
from election.cached import cached
from election.columns import nominee_columns, people_columns, read_nominees
from election.council import NOTHING_KNOWN, Council, Size
from election.declaration import Declaration
from election.evidence.claim import Evidence
from election.evidence.whole import WholeEvidence
from election.opening import Opening
from election.previous_columns import previous_columns, read_previous
from election.rules.tally import add_up, opened_tally
from election.said_columns import evidence_columns, read_evidence, read_whole, whole_columns
from election.ward import Contest, Ward
from schemas.base import Mode
from schemas.council import CouncilOpened, ElectoralSystem
from schemas.council_result import CouncilDeclared
from schemas.ward import Candidate, WardStatus

_FORMAT = 4
"""The version of the layout. Any other version is refused, and the log is folded again."""

_LOT = 4
_FLAGS = {None: 0, False: 1, True: 2}
_FLAG_OF = {code: flag for flag, code in _FLAGS.items()}


def dump(council: Council) -> bytes:
    """Returns a council's snapshot. `load` makes an equal council of it."""
    declared = council.declared
    head = {
        "format": _FORMAT,
        "council": council.council,
        "mode": council.mode,
        "version": council.version,
        "settled_at": council.settled_at,
        "declared": declared and _result_as_json(declared),
        "told": [
            [ballot, *key, *raised.condition, raised.alert, raised.headline]
            for ballot, group in council.raised.items()
            for key, raised in group.items()
        ],
    }
    if council.evidence is not None:
        head["said"] = whole_columns(council.evidence)
    opening = _opening_as_json(council.opening) if council.opening else b"null"
    wards = b",".join([_ward_as_json(ward) for ward in council.wards.values()])
    return b'%b,"opening":%b,"wards":[%b]}' % (to_json(head)[:-1], opening, wards)


def load(snapshot: bytes) -> Council:
    """Returns the council that `dump` wrote. Raises ValueError for any other bytes."""
    try:
        stored = json.loads(snapshot)
        if stored["format"] != _FORMAT:
            raise ValueError(
                f"format: {stored['format']}; expected {_FORMAT}, so fold the log anew"
            )
        return _council(stored)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(
            f"state: not one that dump wrote ({error!r}); fold the log anew"
        ) from error


def _council(stored: dict[str, Any]) -> Council:
    council, mode = stored["council"], stored["mode"]
    opening = tally = None
    system: ElectoralSystem = "plurality"
    if stored["opening"] is not None:
        event, digest, labels = stored["opening"]
        opened = CouncilOpened.model_validate_json(event)
        opening = Opening(opened, digest, labels)
        system = opened.electoral_system
    wards = {each[0]: _read_ward(each, council, mode, system) for each in stored["wards"]}
    if opening is not None:
        contributions = (ward.contribution for ward in wards.values())
        tally = add_up(opened_tally(opened.standing), contributions)
    declared = stored["declared"]
    whole = None if declared is None else CouncilDeclared.model_validate_json(declared)
    evidence = read_whole(stored["said"]) if "said" in stored else None
    raised: dict[str, dict[AlertKey, RaisedAlert]] = {}
    for ballot, *rest in stored["told"]:
        key, condition = AlertKey(*rest[:3]), Condition(*rest[3:8])
        raised.setdefault(ballot, {})[key] = RaisedAlert(condition, *rest[8:])
    return Council(
        council=council,
        mode=mode,
        version=stored["version"],
        opening=opening,
        tally=tally,
        declared=whole,
        evidence=evidence,
        wards=wards,
        settled_at=stored["settled_at"],
        raised=raised,
        size=size_of(opening, whole, wards.values(), evidence),
    )


def size_of(
    opening: Opening | None,
    declared: CouncilDeclared | None,
    wards: Iterable[Ward],
    evidence: WholeEvidence | None = None,
) -> Size:
    """Returns how much is known of a council that has these parts."""
    size = whole_size(declared, evidence)
    if opening is not None:
        size = size._replace(known_bytes=size.known_bytes + len(_opening_as_json(opening)))
    for ward in wards:
        size = size.with_part(NOTHING_KNOWN, ward_size(ward))
    return size


def ward_size(ward: Ward) -> Size:
    """Returns how much is known of one ballot; its comma counts, too."""
    nominated = len(ward.contest.nominees) if ward.contest is not None else 0
    people = len(ward.declared.candidates) if ward.declared is not None else 0
    return Size(max(people, nominated), len(_ward_as_json(ward)) + 1)


def whole_size(declared: CouncilDeclared | None, evidence: WholeEvidence | None = None) -> Size:
    """Returns how much is known of a council as a whole: its result, and what was said of it."""
    known = len(to_json(_result_as_json(declared))) if declared is not None else 0
    if evidence is not None:
        known += len(to_json(whole_columns(evidence)))
    return Size(known_bytes=known)


def _result_as_json(declared: CouncilDeclared) -> str:
    return declared.model_dump_json(exclude_defaults=True)


@cached
def _opening_as_json(opening: Opening) -> bytes:
    event = opening.opened.model_dump_json(exclude_defaults=True)
    return to_json((event, opening.digest, opening.labels))


def _ward_as_json(ward: Ward) -> bytes:
    known = ward.as_json
    if known is not None:
        return known
    opened, said = ward.contest, ward.evidence
    encoded = to_json(
        (
            ward.ballot_paper_id,
            opened
            and (
                *opened[:4],
                nominee_columns(opened.nominees, _people(ward.declared, said)),
                opened.total_electorate,
                _time(opened.expected_at),
                *((previous_columns(opened.previous),) if opened.previous else ()),
            ),
            _declaration(ward.declared),
            _notice(ward.status),
            ward.counts,
            ward.fits,
            *(evidence_columns(said, ward.declared, _declaration) if said else ()),
        )
    )
    # A frozen dataclass takes no assignment, and these bytes follow from its other fields.
    object.__setattr__(ward, "as_json", encoded)
    return encoded


def _read_ward(stored: list[Any], council: str, mode: Mode, system: ElectoralSystem) -> Ward:
    ballot, opened, declared, status, counts, fits, *said = stored
    contest = None
    result = _read_declaration(declared)
    evidence = read_evidence(said, result, _read_declaration) if said else None
    if opened is not None:
        name, gss, seats, fielded, nominees, electorate, expected_at, *previous = opened
        contest = Contest(
            name,
            gss,
            seats,
            fielded,
            read_nominees(nominees, _people(result, evidence)),
            electorate,
            _read_time(expected_at),
            read_previous(*previous) if previous else None,
        )
    return Ward(
        ballot,
        contest,
        result,
        _read_notice(status, council, mode, ballot),
        system,
        counts,
        fits,
        evidence,
    )


def _people(declared: Declaration | None, said: Evidence | None) -> tuple[Candidate, ...]:
    """Returns the people beside whom nominees are stored: of the result, or of the first word."""
    if declared is None and said is not None and said.claims:
        return said.claims[0].said.candidates
    return declared.candidates if declared is not None else ()


def _declaration(declared: Declaration | None) -> list[Any] | None:
    """Returns a declaration as an array that ends with its parties and candidates as columns."""
    if declared is None:
        return None
    people = declared.candidates
    return [
        declared.revision,
        declared.seats_contested,
        declared.correction,
        declared.source,
        declared.seq,
        _time(declared.declared_at),
        declared.num_spoilt_ballots,
        declared.num_turnout_reported,
        declared.turnout_percentage,
        declared.total_electorate,
        declared.casual_vacancies,
        *people_columns(people),
        [each.votes for each in people],
        [_FLAGS[each.elected] + _LOT * each.tied_vote_winner for each in people],
    ]


def _read_declaration(stored: list[Any] | None) -> Declaration | None:
    if stored is None:
        return None
    revision, seats, correction, source, seq, at, *figures = stored[:11]
    parties, *columns = stored[11:]
    candidates = tuple(
        Candidate(
            candidate=name,
            party=parties[place][1],
            party_id=parties[place][0],
            votes=votes,
            elected=_FLAG_OF[code % _LOT],
            tied_vote_winner=code >= _LOT,
        )
        for place, name, votes, code in zip(*columns, strict=True)
    )
    return Declaration(
        revision, seats, candidates, correction, source, seq, _read_time(at), *figures
    )


def _notice(event: WardStatus | None) -> list[Any] | None:
    if event is None:
        return None
    at = _time(event.noticed_at)
    return [event.revision, event.status, event.recount, event.source, event.seq, at]


def _read_notice(
    stored: list[Any] | None, council: str, mode: Mode, ballot: str
) -> WardStatus | None:
    """Returns a notice without validating it again: it was valid when it was stored."""
    if stored is None:
        return None
    revision, status, recount, source, seq, at = stored
    return WardStatus.model_construct(
        council=council,
        ballot_paper_id=ballot,
        mode=mode,
        revision=revision,
        status=status,
        recount=recount,
        source=source,
        seq=seq,
        noticed_at=_read_time(at),
    )


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _read_time(at: str | None) -> datetime | None:
    return None if at is None else datetime.fromisoformat(at)
