"""What is said of a night: versions, digests, projections, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from election.nation.mark import Mark
from election.nation.night import Night, apply
from election.nation.place import Part
from election.nation.snapshot import dump_council, dump_head, load
from election.nation.totals import national_totals, parts
from schemas.national import COUNCILS_MAX, PROJECTIONS_MAX, Projection
from schemas.night import ProjectionStated
from schemas.party import NOC
from tests.support.nights import ELECTION, after, change, council, digest, party, plan
from tests.support.polls import CON, LAB, LD

AT = datetime(2026, 5, 8, 1, 15, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
GAINS = Mark(name="Labour past 9", count="seats_change", party=LAB, at_least=10)


def projected(name: str = "Projected national share", lead: float = 31.0) -> ProjectionStated:
    return ProjectionStated(
        election=ELECTION,
        mode="rehearsal",
        projection=Projection(name=name, source="BBC", shares={LAB: lead}, entered_by="editor"),
    )


def test_a_version_that_is_not_higher_changes_nothing() -> None:
    """The log has a council twice if a relay was killed."""
    night = after([change("Leeds", 2, 6)], plan()).night

    for version in (1, 2):
        again = apply(change("Leeds", version, 1), night, plan())
        assert again.night is night
        assert (again.changed_parts, again.alerts, again.refused) == (frozenset(), (), "")


def test_a_newer_version_that_says_the_same_changes_no_totals() -> None:
    """A council's text may change, and nobody has to be sent the nation for that."""
    night = after([change("Leeds", 1, 6)], plan()).night
    again = apply(change("Leeds", 2, 6), night, plan())

    assert again.night is not night
    assert again.changed_parts == frozenset()
    assert again.night.version == night.version


def test_a_council_is_added_up_in_every_part_that_it_is_in() -> None:
    """The night, its nation, its region, its type and its cycle; a blank region is none."""
    barnet = council("Barnet", council_gss="E09000002")
    cardiff = council("Cardiff", council_gss="W06000003", cycle="other")
    found = after([barnet, cardiff], plan())

    assert [tuple(part) for part in parts(found.night)] == [
        ("night", ""),
        ("authority_type", "London borough"),
        ("authority_type", "Unitary authority"),
        ("cycle", "all-out"),
        ("cycle", "other"),
        ("nation", "England"),
        ("nation", "Wales"),
        ("region", "London"),
    ]
    assert found.changed_parts == {
        Part("night", ""),
        Part("nation", "Wales"),
        Part("authority_type", "Unitary authority"),
        Part("cycle", "other"),
    }


def test_parties_come_with_most_councils_first_and_no_overall_control_last() -> None:
    """Then with most seats won."""
    night = after(
        [
            council("Leeds", 1, party(LAB, 4), party(LD, 7), party(CON, 5), control=LAB),
            council("York", 1, control=NOC),
        ],
        plan(),
    ).night
    found = national_totals(night, "night", "", plan())

    assert [row.party_id for row in found.parties] == [LAB, LD, CON, NOC]


def test_councils_of_the_list_that_are_not_opened_are_awaited() -> None:
    """And named, so that a desk can look for them."""
    of = plan(expected=("York", "Leeds", "Bath"))
    night = after([council("Leeds", complete=True)], of).night
    found = national_totals(night, "night", "", of).councils

    assert (found.total, found.opened, found.complete, found.awaited) == (3, 1, 1, 2)
    assert found.not_opened == ("Bath", "York")
    assert national_totals(night, "night", "", plan()).councils.total is None


def test_the_next_declarations_are_those_of_councils_that_are_not_complete() -> None:
    """Soonest first."""
    night = after(
        [
            council("Leeds", expected_next=AT + QUARTER),
            council("York", expected_next=AT),
            council("Bath", expected_next=AT, complete=True),
        ],
        plan(),
    ).night
    found = national_totals(night, "night", "", plan()).expected_next

    assert [(each.name, each.expected_at) for each in found] == [
        ("York", AT),
        ("Leeds", AT + QUARTER),
    ]


def test_votes_and_turnout_are_shares_of_what_is_stated() -> None:
    """Over the wards that state them, in all councils together."""
    stated = {"votes_wards": 1, "ballots": 50, "electorate": 100, "turnout_wards": 1}
    night = after(
        [
            council("Leeds", 1, party(LAB), votes={LAB: 60}, votes_total=100, **stated),
            council("York", 1, party(LAB), votes={LAB: 15}, votes_total=100, votes_wards=1),
            council("Bath", 1, party(LAB)),
        ],
        plan(),
    ).night
    found = national_totals(night, "night", "", plan())
    (labour,) = found.parties

    assert (labour.votes, labour.votes_covers, labour.vote_share) == (75, 2, 37.5)
    assert (found.councils.turnout_percentage, found.councils.turnout_covers) == (50.0, 1)


def test_a_digest_says_what_has_changed_since_the_last() -> None:
    """Who gained which council, how many are held, the seats won, and the marks passed."""
    first = after([change("Leeds", 1, 6, control=LAB, before=LAB), digest(AT)], plan(GAINS)).night
    found = after(
        [
            council("York", 1, party(LAB, 5, eve=5), control=LAB, before=CON, complete=True),
            council("Bath", 1, party(CON, 4), control=CON, before=CON),
            digest(AT + QUARTER),
        ],
        plan(GAINS),
        first,
    )
    (alert,) = found.alerts

    assert alert.text == (
        "NIGHT 02:30, since 02:15: 1 council declared, 2 of 3 complete; LAB GAIN York from CON,"
        " 1 held; seats won LAB 5, CON 4; Labour past 9."
    )
    assert (alert.kind, alert.council, alert.name, alert.caused_at) == (
        "night",
        None,
        "02:30",
        AT + QUARTER,
    )
    assert alert.proof == (
        "complete: York",
        "control: CON HOLD Bath, LAB GAIN York from CON",
        "marks: Labour past 9",
        "seats won LAB 5, CON 4",
    )


def test_nothing_new_is_no_digest() -> None:
    """At noon nobody wants to be told every quarter of an hour that nothing has come."""
    found = after([change("Leeds", 1, 6), digest(AT), digest(AT + QUARTER)], plan())

    assert found.alerts == ()


def test_what_was_undone_in_between_is_in_no_digest() -> None:
    """A call that was withdrawn again, and a mark with it."""
    said = [
        council("Leeds", 1),
        change("Leeds", 2, 12, control=LAB, before=CON),
        change("Leeds", 3, 2, complete=False),
    ]
    found = after([*said, digest(AT)], plan(GAINS))

    assert "GAIN" not in found.alerts[0].text
    assert "past" not in found.alerts[0].text


def test_a_call_that_was_taken_back_is_in_the_next_digest() -> None:
    """As what it is."""
    said = [change("Leeds", 1, 6, control=LAB, before=CON), digest(AT), change("Leeds", 2, 6)]
    found = after([*said, digest(AT + QUARTER)], plan())

    assert found.alerts[0].text == (
        "NIGHT 02:30, since 02:15: 1 of 1 complete; no longer certain: Leeds."
    )


@pytest.mark.parametrize("at", [AT, AT - QUARTER])
def test_a_digest_that_is_not_later_than_the_last_is_a_repeat(at: datetime) -> None:
    """Two workers may both say that it is due."""
    night = after([change("Leeds", 1, 6), digest(AT), change("York", 1, 1)], plan()).night
    again = apply(digest(at), night, plan())

    assert (again.night, again.alerts) == (night, ())


def test_the_same_time_in_another_zone_is_the_same_digest() -> None:
    """Its id depends on when it is, and not on how that is written."""
    said = [change("Leeds", 1, 6)]
    summer = AT.astimezone(tz=datetime.fromisoformat("2026-05-08T02:15:00+01:00").tzinfo)
    ids = {after([*said, digest(at)], plan()).alerts[0].id for at in (AT, summer)}

    assert len(ids) == 1


def test_a_projection_replaces_the_one_of_its_name_and_source() -> None:
    """And stands in the totals of the night as it was stated."""
    night = after(
        [projected(lead=30.0), projected("Seats", 40.0), projected(lead=31.0)], plan()
    ).night
    found = national_totals(night, "night", "", plan())

    assert [(each.name, each.shares) for each in found.projections] == [
        ("Seats", {LAB: 40.0}),
        ("Projected national share", {LAB: 31.0}),
    ]


def test_the_oldest_projection_goes_if_there_are_too_many() -> None:
    """A night has three or four."""
    said = [projected(f"Projection {number}") for number in range(PROJECTIONS_MAX + 1)]
    night = after(said, plan()).night

    assert [night.projections[0].name, len(night.projections)] == ["Projection 1", PROJECTIONS_MAX]


def test_what_belongs_to_another_night_or_mode_is_refused_with_its_reason() -> None:
    """Nothing of it is counted."""
    night = after([change("Leeds", 1, 6)], plan()).night
    other = change("York", 1, 6, election="local.2027-05-06")
    live = change("York", 1, 6, mode="live")

    for said, wrong in ((other, "election: local.2027-05-06 is not"), (live, "mode: live, but")):
        refused = apply(said, night, plan())
        assert refused.night is night
        assert refused.refused.startswith(wrong)


def test_a_night_has_a_limit_of_councils() -> None:
    """The whole of the UK has some 400; a new version of a known one is still counted."""
    night: Night | None = None
    for number in range(COUNCILS_MAX):
        night = apply(council(f"c{number}"), night, plan()).night

    assert "one more than the 1000" in apply(council("more"), night, plan()).refused
    assert not apply(council("c1", 2), night, plan()).refused


def test_a_snapshot_of_another_layout_is_refused() -> None:
    """The log is folded again then."""
    night = after([change("Leeds", 1, 6)], plan()).night
    head = dump_head(night)

    with pytest.raises(ValueError, match="format: 9; expected 1, so fold the log anew"):
        load(head.replace(b'"format":1', b'"format":9'), [], plan())
    with pytest.raises(ValueError, match="councils: not those of the night's head"):
        load(head, [], plan())
    with pytest.raises(ValueError, match="not one that a night wrote"):
        load(b"{}", [], plan())


def test_a_snapshot_takes_projections_digests_and_marks_along() -> None:
    """So that a worker that takes over tells the same."""
    said = [
        change("Leeds", 1, 6),
        digest(AT),
        change("York", 1, 5),
        projected(),
        council("Bath", expected_next=AT),
    ]
    night = after(said, plan(GAINS)).night
    again = load(dump_head(night), map(dump_council, night.councils.values()), plan(GAINS))

    assert again == night
    assert list(again.councils) == list(night.councils)
    assert apply(digest(AT + QUARTER), again, plan(GAINS)) == apply(
        digest(AT + QUARTER), night, plan(GAINS)
    )
