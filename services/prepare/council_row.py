"""A council's row: its size, control and standing, and what is not known of them."""

from __future__ import annotations

from readers.councils import STV_NATIONS
from readers.night_toml import Spell
from readers.public_sources.records import REGISTER, ROLL, Sources
from schemas.council import Cycle
from services.prepare.agency_checks import check_candidates
from services.prepare.ballots import JoinedBallot
from services.prepare.context import Context
from services.prepare.control import control_before, spells, stated_spells
from services.prepare.corrections import Corrections, Subject
from services.prepare.councils import JoinedCouncil
from services.prepare.size import is_new, size_of
from services.prepare.standing import (
    cycle_of,
    missing_baselines,
    standing_of,
)
from services.prepare.tables import Cells
from services.prepare.todo import said
from services.prepare.wards import WardRows, listed, note_wards_without_ballot


class CouncilRow:
    """One council of the night as its files have it.

    Attributes:
        cells: Its row of `councils.csv`.
        standing_rows: Its rows of `standing.csv`.
        ward_rows: Its rows of `results.csv`.
        spells: Its history of control.
        is_usable: Whether its size is known; without that it cannot be counted.
    """

    def __init__(
        self,
        council: JoinedCouncil,
        ballots: list[JoinedBallot],
        corrections: Corrections,
        context: Context,
        sources: Sources,
    ) -> None:
        self._council = council
        self._context = context
        self._corrected = corrections.of(Subject(council.words))
        self._up, self._unknown = listed(council, ballots, context)
        self._is_new = is_new(council, sources, context)
        cycle = self._cycle()
        self._standing = standing_of(council, cycle, context)
        self.standing_rows = self._standing_rows(corrections)
        size = size_of(
            council,
            (self._up, self._unknown),
            self.standing_rows,
            context,
            stated=self._corrected.get("seats_total", ""),
            new=self._is_new,
        )
        self.is_usable = size.total is not None
        self.cells: Cells = {}
        self.ward_rows: list[Cells] = []
        self.spells: tuple[Spell, ...] = ()
        if size.total is None:
            return
        if not size.is_kept_known:
            self.standing_rows = [{**row, "seats_not_up": ""} for row in self.standing_rows]
        history = self._corrected.pop("control_history", None)
        cycle = "all-out" if size.total == size.up else cycle
        self.cells = self._cells(cycle, size.total)
        self.ward_rows = WardRows(council, corrections, context).rows(self._up)
        check_candidates(council, self.ward_rows, context)
        self.spells = spells(council, context)
        if history is not None:
            self.spells = self._stated_spells(history)
        note_wards_without_ballot(council, ballots, context)

    def _stated_spells(self, history: str) -> tuple[Spell, ...]:
        """Returns the spells of a correction; none after noting that it cannot be read."""
        try:
            return stated_spells(self._council, history, self._context)
        except ValueError as error:
            self._context.todos.add(
                "fault",
                "a correction cannot be read",
                str(error),
                "corrections.csv: write it as `1994 NOC; 2002 PP52`",
                council=self._council.shown,
            )
            return ()

    def _cycle(self) -> Cycle:
        cycle = cycle_of(self._council, self._context)
        return "all-out" if self._is_new and cycle == "other" else cycle

    def _cells(self, cycle: Cycle, total: int) -> Cells:
        council = self._council
        cells = {
            "election_date": self._context.poll.isoformat(),
            "council": council.name,
            "council_gss": council.council_gss,
            "cycle": cycle,
            "seats_total": str(total),
            "control_before": control_before(council, self._standing, total, self._context),
            "independents_as_party": "0",
            "voting_system": self._voting_system(),
            "display_name": "" if council.shown == council.name else council.shown,
            "expected_at": council.time.expected_at.isoformat() if council.time else "",
            **self._corrected,
        }
        self._note_baselines(cells)
        return cells

    def _voting_system(self) -> str:
        polled, council = self._council.polled, self._council
        system = polled.system.casefold() if polled else ""
        by_code = council.nation in STV_NATIONS
        if polled and system == "stv" and not by_code:
            self._context.todos.add(
                "stv outside Scotland",
                "single transferable vote is written",
                str(polled.at),
                "the council has to have decided on it; say voting_system",
                council=council.shown,
                settles="voting_system",
            )
        elif polled and system not in {"", "stv"} and by_code:
            self._context.todos.conflict(
                "voting systems differ",
                said(polled.system, polled.at),
                f"the code {council.council_gss} is of a council that elects by transfers",
                "single transferable vote is written",
                council=council.shown,
                settles="voting_system",
            )
            return "stv"
        elif system not in {"", "stv", "fptp"} and polled:
            self._context.todos.add(
                "voting system",
                f"{polled.system!r} is a voting system that is not counted",
                str(polled.at),
                "say voting_system",
                council=council.shown,
                settles="voting_system",
            )
            return ""
        return {"stv": "stv", "fptp": "plurality"}.get(system, "")

    def _note_baselines(self, cells: Cells) -> None:
        council, todos = self._council, self._context.todos
        if self._is_new:
            before = ", ".join(council.predecessors)
            todos.add(
                "no baseline",
                "no seats before, and nobody controlled it: a new council",
                f"it replaces {before}" if before else f"neither {ROLL} nor {REGISTER} has it",
                "notional figures of the agency or the BBC; say seats_last_election for each"
                " party, and last_election_notional",
                council=council.shown,
                settles="seats_last_election",
            )
            return
        for reason, name, where in missing_baselines(self._standing):
            todos.add(
                reason,
                f"{name} is not known",
                "no source has it",
                where,
                council=council.shown,
                settles=name,
            )
        if not cells["control_before"] and not council.compositions:
            todos.add(
                "no control before",
                "control on the eve of poll is not known",
                "no history has it",
                "the council; say control_before",
                council=council.shown,
                settles="control_before",
            )

    def _standing_rows(self, corrections: Corrections) -> list[Cells]:
        council = self._council
        rows = []
        named: set[str] = set()
        for held in self._standing.values():
            subjects = [held.party, *filter(None, (held.party_id,))]
            corrected: Cells = {}
            for name in subjects:
                corrected |= corrections.of(Subject(council.words, "", name))
            named |= set(subjects)
            rows.append(
                {
                    "council": council.name,
                    "council_gss": council.council_gss,
                    "party_id": held.party_id,
                    "party": held.party,
                    "seats_eve_of_poll": _text(held.eve),
                    "seats_last_election": _text(held.last),
                    "seats_not_up": _text(held.not_up),
                    **corrected,
                }
            )
        return rows + self._added_parties(corrections, named)

    def _added_parties(self, corrections: Corrections, named: set[str]) -> list[Cells]:
        """Returns the parties that only the newsroom's corrections have."""
        council, found = self._council, []
        for subject in corrections.subjects(council.words):
            if subject.party in named:
                continue
            party = self._context.register.party(subject.party, "", nation=council.nation)
            cells = {"party_id": party.party_id, "party": party.party or subject.party}
            common = {"council": council.name, "council_gss": council.council_gss}
            found.append({**common, **cells, **corrections.of(subject)})
        return found


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
