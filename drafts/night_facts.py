"""The facts of a night: what its councils come to together, and which of them are the news."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from drafts.bases import council_basis, council_number, named, party_at
from drafts.facts import Basis, Fact, Moment, Name, Number, Party, known, several
from schemas.alert import Alert
from schemas.national import NationalParty, NationalTotals
from schemas.party import NOC
from schemas.totals import CouncilTotals

COUNCILS_SHOWN: Final = 5
"""Councils that a sentence names."""

PARTIES_SHOWN: Final = 4
"""Parties that a sentence names with their councils or seats, those with most first."""


def night_facts(
    election: str,
    night: NationalTotals | None,
    councils: Sequence[CouncilTotals],
    alerts: Sequence[Alert],
) -> dict[str, Fact]:
    """Returns what is known of a night; `night` is None while nothing is added up.

    `councils` are those that are open, by name, and `alerts` all of the night, oldest first.
    """
    facts = _of_councils(councils) | _withdrawn(councils, alerts)
    return facts if night is None else facts | _Night(election, night).facts()


def _of_councils(councils: Sequence[CouncilTotals]) -> dict[str, Fact]:
    changed = [each for each in councils if each.decided and each.change]
    changed.sort(key=lambda each: (-each.seats_total, each.name))
    doubted = [
        each
        for each in councils
        if each.wards_being_checked or each.wards_disputed or each.being_checked or each.disputed
    ]
    return known(
        changed=several([_changed(each) for each in changed[:COUNCILS_SHOWN]]),
        more_changed=len(changed) > COUNCILS_SHOWN,
        doubted=several([known(council=named(each)) for each in doubted[:COUNCILS_SHOWN]]),
        more_doubted=len(doubted) > COUNCILS_SHOWN,
        hanging=several(_hanging(councils)[:COUNCILS_SHOWN]),
        **_closest(councils),
    )


def _changed(totals: CouncilTotals) -> dict[str, Fact]:
    return known(
        council=named(totals),
        control=party_at(totals, totals.control),
        no_control=totals.control == NOC,
        before=party_at(totals, totals.control_before),
        no_control_before=totals.control_before == NOC,
    )


def _hanging(councils: Sequence[CouncilTotals]) -> list[dict[str, Fact]]:
    """Returns the undecided councils that hang on one ward, with that ward."""
    return [
        known(
            council=named(each),
            ward=Name(each.deciders[0].ward, council_basis(each)),
        )
        for each in councils
        if each.control is None and len(each.deciders) == 1
    ]


def _closest(councils: Sequence[CouncilTotals]) -> dict[str, Fact]:
    """Returns the complete council whose majority the fewest voters would have prevented."""
    close = [each for each in councils if each.complete and each.votes_to_flip]
    if not close:
        return {}
    closest = min(close, key=lambda each: (each.votes_to_flip or 0, each.name))
    flips = closest.flip_at
    ward = Name(flips[0].ward, council_basis(closest)) if len(flips) == 1 else None
    return known(
        closest_council=named(closest),
        closest_voters=council_number(closest, "votes_to_flip"),
        closest_ward=ward,
        closest_control=party_at(closest, closest.control),
    )


def _withdrawn(councils: Sequence[CouncilTotals], alerts: Sequence[Alert]) -> dict[str, Fact]:
    """Returns the councils of which a call of control was taken back."""
    taken_back = {
        each.council for each in alerts if each.kind == "control" and each.action == "retract"
    }
    found = [each for each in councils if each.council in taken_back]
    return known(
        withdrawn=several([known(council=named(each)) for each in found[:COUNCILS_SHOWN]]),
        more_withdrawn=len(found) > COUNCILS_SHOWN,
    )


class _Night:
    """The facts that rest on the totals of a night."""

    def __init__(self, election: str, night: NationalTotals) -> None:
        self._election = election
        self._night = night

    def facts(self) -> dict[str, Fact]:
        """Returns them by name."""
        councils, night = self._night.councils, self._night
        expected = night.expected_next[0] if night.expected_next else None
        return known(
            decided=self._number(councils.decided, "/councils/decided"),
            councils_complete=self._number(councils.complete, "/councils/complete"),
            all_complete=bool(councils.opened) and not councils.awaited,
            opened=self._number(councils.opened, "/councils/opened"),
            total=self._number(councils.total, "/councils/total"),
            awaited=self._number(councils.awaited or None, "/councils/awaited"),
            wards_declared=self._number(
                councils.wards_declared if councils.wards_total else None,
                "/councils/wards_declared",
            ),
            wards_total=self._number(councils.wards_total or None, "/councils/wards_total"),
            turnout=self._number(councils.turnout_percentage, "/councils/turnout_percentage"),
            turnout_covers=self._number(
                councils.turnout_covers or None, "/councils/turnout_covers"
            ),
            parties=several(self._parties()),
            no_control_councils=self._no_control(),
            changes_cover=self._changes_cover(),
            before_unknown=bool(councils.before_unknown),
            **self._moves(),
            expected_council=None
            if expected is None
            else Name(
                expected.name,
                self._basis(("/expected_next/0/name",)),
            ),
            expected=None
            if expected is None
            else Moment(expected.expected_at, self._basis(("/expected_next/0/expected_at",))),
        )

    def _basis(self, plus: tuple[str, ...]) -> Basis:
        link = f"/elections/{self._election}"
        return Basis("night", self._election, self._night.version, link, plus)

    def _number(self, value: float | None, at: str) -> Number | None:
        return None if value is None else Number(value, self._basis((at,)))

    def _parties(self) -> list[dict[str, Fact]]:
        """Returns the parties that control councils, with their net change where it is known."""
        found = [
            (place, each)
            for place, each in enumerate(self._night.parties)
            if each.councils and each.party_id != NOC
        ]
        return [self._party(place, each) for place, each in found[:PARTIES_SHOWN]]

    def _party(self, place: int, each: NationalParty) -> dict[str, Fact]:
        change = each.councils_change
        return known(
            party=Party(each.party_id, each.party),
            councils=self._number(each.councils, f"/parties/{place}/councils"),
            change=self._number(change, f"/parties/{place}/councils_change"),
            up=change is not None and change > 0,
            down=change is not None and change < 0,
            same=change == 0,
        )

    def _no_control(self) -> Number | None:
        for place, each in enumerate(self._night.parties):
            if each.party_id == NOC and each.councils:
                return self._number(each.councils, f"/parties/{place}/councils")
        return None

    def _changes_cover(self) -> Number | None:
        """Returns how many councils the changes of councils are known for."""
        covers = [each.councils_change_covers for each in self._night.parties]
        most = max(covers, default=0)
        if not most:
            return None
        return self._number(most, f"/parties/{covers.index(most)}/councils_change_covers")

    def _moves(self) -> dict[str, Fact]:
        """Returns which parties have more seats than before, and which have fewer.

        The number of councils is that of the party whose change adds up most of them: in the
        others it is not known for anybody, and a party that adds up fewer did not stand in all.
        """
        for field, name in (("change_eve_of_poll", "eve"), ("change_last_election", "last")):
            covers_field = f"{field}_covers"
            changed = [
                (place, each)
                for place, each in enumerate(self._night.parties)
                if getattr(each, field)
            ]
            if not changed:
                continue
            up = sorted(
                [each for each in changed if getattr(each[1], field) > 0],
                key=lambda each: -getattr(each[1], field),
            )
            down = sorted(
                [each for each in changed if getattr(each[1], field) < 0],
                key=lambda each: getattr(each[1], field),
            )
            place, widest = max(changed, key=lambda each: getattr(each[1], covers_field))
            return known(
                winners=several([self._move(each, field) for each in up[:PARTIES_SHOWN]]),
                losers=several([self._move(each, field) for each in down[:PARTIES_SHOWN]]),
                moves_cover=self._number(
                    getattr(widest, covers_field), f"/parties/{place}/{covers_field}"
                ),
                since_eve=name == "eve",
                since_last=name == "last",
            )
        return {}

    def _move(self, each: tuple[int, NationalParty], field: str) -> dict[str, Fact]:
        place, party = each
        change: int = getattr(party, field)
        return known(
            party=Party(party.party_id, party.party),
            change=self._number(change, f"/parties/{place}/{field}"),
        )
