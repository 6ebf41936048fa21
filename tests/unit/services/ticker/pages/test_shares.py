from __future__ import annotations

from schemas.ward import Candidate
from schemas.ward_totals import WardTotals
from services.ticker.pages.shares import council_share, is_transferable, ward_shares
from tests.support.past_night import totals_after


def ward(*votes: tuple[str, str, int | None], status: str = "declared") -> WardTotals:
    """Returns a ward with candidates of parties, each with votes."""
    return WardTotals.model_validate(
        {
            "ballot_paper_id": "local.nowhere.ash.2014-05-22",
            "council": "local.nowhere.2014-05-22",
            "ward": "Ash",
            "seats_contested": 1,
            "status": status,
            "candidates": tuple(
                Candidate(candidate=f"Nobody {at}", party_id=key, party=label, votes=number)
                for at, (key, label, number) in enumerate(votes)
            ),
        }
    )


def test_shares_of_a_ward_are_of_all_candidates_of_a_party() -> None:
    """Most votes first; one without a party is an independent."""
    shares = ward_shares(
        ward(
            ("PP52", "Conservative Party", 300),
            ("PP53", "Labour Party", 400),
            ("joint-party:53-119", "Labour and Co-operative Party", 200),
            ("", "Independent", 100),
        )
    )

    assert [(each.party, each.votes, each.share) for each in shares] == [
        ("Labour Party", 600, 60.0),
        ("Conservative Party", 300, 30.0),
        ("Independent", 100, 10.0),
    ]


def test_nothing_is_said_of_votes_that_are_not_all_known() -> None:
    """A share of part of them would be wrong."""
    known = ("PP52", "Conservative Party", 300)

    assert ward_shares(ward(known, ("PP53", "Labour Party", None))) == ()
    assert ward_shares(ward(known, status="waiting")) == ()
    assert ward_shares(ward()) == ()


def test_shares_of_a_council_add_up_to_all_of_its_votes() -> None:
    """But for rounding."""
    (barnet,) = totals_after("barnet-2014", 1.0)
    found = [council_share(each, barnet) for each in barnet.parties]

    assert abs(sum(float(each.rstrip("%")) for each in found) - 100) < 1
    assert council_share(barnet.parties[0], barnet.model_copy(update={"votes_total": 0})) == "–"


def test_scotland_votes_by_single_transferable_vote() -> None:
    """Readers there are told that the votes are first choices."""
    (barnet,) = totals_after("barnet-2014", 1.0)

    assert not is_transferable(barnet)
    assert is_transferable(barnet.model_copy(update={"council_gss": "S12000049"}))
