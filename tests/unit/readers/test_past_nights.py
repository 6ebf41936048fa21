from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from readers.night import NIGHTS, Night, load_night, nights
from readers.night_toml import NightToml, Notable, read_night_toml, with_details
from schemas.base import NOTABLES_MAX
from schemas.council import CouncilOpened
from schemas.totals import CouncilTotals, PartyTotals
from schemas.ward import WardDeclared, WardStatus
from services.rehearsal.tally import Tally, fold

BARNET, CAMDEN, GLASGOW = "E09000003", "E09000007", "S12000049"
BIRMINGHAM, BRADFORD, BURNLEY = "E08000025", "E08000032", "E07000117"


@cache
def night(name: str) -> Night:
    return load_night(name)


@cache
def counted(name: str) -> Tally:
    return fold(night(name))


@cache
def toml(name: str) -> NightToml:
    return read_night_toml(NIGHTS / name / "night.toml")


def council(name: str, council_gss: str) -> CouncilTotals:
    return next(each for each in counted(name).councils if each.council_gss == council_gss)


def party(totals: CouncilTotals, party_id: str) -> PartyTotals:
    return next(each for each in totals.parties if each.party_id == party_id)


@pytest.mark.parametrize("name", nights())
def test_control_is_as_published(name: str) -> None:
    """The computed control of every council is the published one, or the night explains why not."""
    published = toml(name).published
    computed = {each.council_gss: each.control for each in counted(name).councils}

    assert computed.keys() == {each.council_gss for each in published}
    for each in published:
        same = computed[each.council_gss] == each.control
        assert same == (each.difference == ""), each


@pytest.mark.parametrize("name", nights())
def test_every_event_of_a_night_counts(name: str) -> None:
    """No event contradicts another, every ward declares, and no council stays open."""
    assert counted(name).conflicts == ()
    for totals in counted(name).councils:
        assert totals.wards_declared == totals.wards_total
        assert totals.control is not None


@pytest.mark.parametrize("name", nights())
def test_every_figure_has_its_source(name: str) -> None:
    """Each row names a source that the night describes."""
    described = {source.title for source in toml(name).sources}
    named = {event.source for event in night(name).declarations if event.type == "ward.declared"}

    assert toml(name).notes
    assert {part for source in named for part in source.split("; ")} <= described
    assert all(source.licence for source in toml(name).sources)
    assert all(each.source for each in toml(name).published)


def test_barnet_hangs_on_childs_hill() -> None:
    """At Con 30, Lab 27 it is open; Childs Hill settles it, although Colindale is unfilled."""
    events = (*night("barnet-2014").openings, *night("barnet-2014").on_the_night)
    *_, childs_hill = events
    before = fold(Night(night("barnet-2014").openings, events[1:-1], (), ())).councils[0]
    after = fold(Night(night("barnet-2014").openings, events[1:], (), ()))

    assert isinstance(childs_hill, WardDeclared)
    assert childs_hill.ballot_paper_id == "local.barnet.childs-hill.2014-05-22"
    assert before.control is None
    assert [(each.party_id, each.seats) for each in before.parties if each.seats] == [
        ("PP52", 30),
        ("PP53", 27),
    ]
    assert after.councils[0].control == "PP52"
    assert [alert.cause for alert in after.alerts if alert.kind == "control"] == [
        childs_hill.ballot_paper_id
    ]


def test_colindale_is_countermanded_and_polled_in_june() -> None:
    """Its first ballot elects nobody; the second opening has the ballot that replaces it."""
    barnet = night("barnet-2014")
    notice = barnet.on_the_night[0]
    opened, colindale = barnet.later

    assert isinstance(notice, WardStatus)
    assert (notice.status, notice.ballot_paper_id) == (
        "countermanded",
        "local.barnet.colindale.2014-05-22",
    )
    assert isinstance(opened, CouncilOpened)
    assert [each.replaces for each in opened.wards if each.replaces] == [notice.ballot_paper_id]
    assert isinstance(colindale, WardDeclared)
    assert colindale.ballot_paper_id == "local.barnet.colindale.2014-06-26"
    seats = [(each.party_id, each.seats) for each in council("barnet-2014", BARNET).parties]
    assert [each for each in seats if each[1]] == [("PP52", 32), ("PP53", 30), ("PP90", 1)]


def test_barnet_has_both_baselines_and_its_history() -> None:
    """Against the eve of poll Labour gained 8, against 2010 it gained 9."""
    barnet = council("barnet-2014", BARNET)

    labour = party(barnet, "PP53")
    assert (labour.change_eve_of_poll, labour.change_last_election) == (8, 9)
    assert [(each.control, each.since, each.until) for each in barnet.control_history] == [
        ("PP52", 1964, 1994),
        ("NOC", 1994, 2002),
        ("PP52", 2002, None),
    ]


def test_camden_2014_against_2010() -> None:
    """Labour 40, ten more than in 2010, and one Liberal Democrat left of thirteen."""
    camden = council("london-2014", CAMDEN)

    labour, liberal_democrats = party(camden, "PP53"), party(camden, "PP90")
    assert (labour.seats, labour.change_last_election) == (40, 10)
    assert (liberal_democrats.seats, liberal_democrats.change_last_election) == (1, -12)


def test_labour_gains_three_boroughs_in_2022() -> None:
    """Labour's change in Barnet is 18 or 16, depending on the baseline; all three are gains."""
    barnet = council("three-boroughs-2022", BARNET)

    assert {each.outcome for each in counted("three-boroughs-2022").councils} == {"gain"}
    assert party(barnet, "PP53").change_eve_of_poll == 18
    assert party(barnet, "PP53").change_last_election == 16
    assert all(
        event.turnout_percentage
        for event in night("three-boroughs-2022").declarations
        if isinstance(event, WardDeclared)
    )


def test_barnet_in_2022_is_told_as_labours_first_majority_on_both_baselines() -> None:
    """Its control since the first election in 1964 is known, and has no Labour majority."""
    alerts = {
        each.kind: each
        for each in counted("three-boroughs-2022").alerts
        if each.council_gss == BARNET and each.action == "raise"
    }
    history = "Conservative since 1964 except NOC 1994–2002: Labour's first majority here"

    assert history in alerts["control"].proof
    assert alerts["result"].text == (
        "LAB GAIN Barnet from CON, full result: LAB 41 (+18), CON 22 (−14) of 63, majority 32;"
        " changes since the eve of poll; turnout 37.9%."
    )
    assert {
        "against the eve of poll: LAB +18, CON −14",
        "against the last election: LAB +16, CON −16",
        history,
    } <= set(alerts["result"].proof)
    others = {"E09000032", "E09000033"}
    for each in counted("three-boroughs-2022").alerts:
        if each.council_gss in others:
            assert not any("first majority" in line for line in each.proof)


def test_expected_times_are_those_of_the_council() -> None:
    """Each ward is expected when its council was."""
    barnet = next(each for each in night("three-boroughs-2022").openings if each.name == "Barnet")

    expected = {ward.expected_at for ward in barnet.wards}

    assert expected == {datetime(2022, 5, 6, 6, tzinfo=UTC)}


def test_results_without_wards_in_2012() -> None:
    """Labour gains Birmingham with 77 of 120, and is one seat short in Bradford."""
    birmingham = council("councils-2012", BIRMINGHAM)
    bradford = council("councils-2012", BRADFORD)

    assert (birmingham.outcome, birmingham.majority) == ("gain_from_noc", 61)
    labour = party(birmingham, "PP53")
    assert (labour.seats, labour.change_last_election) == (77, 20)
    assert (bradford.outcome, party(bradford, "PP53").seats) == ("noc_hold", 45)
    assert council("councils-2012", BURNLEY).wards_declared == 15


def test_scotland_2012_is_as_published() -> None:
    """The flags decide: SNP 424 and Labour 394 seats, in Glasgow 27 and 44."""
    seats: Counter[str] = Counter()
    for totals in counted("scotland-2012").councils:
        seats.update({each.party_id: each.seats for each in totals.parties})
    glasgow = council("scotland-2012", GLASGOW)

    assert (seats["PP102"], seats["PP53"]) == (424, 394)
    assert (party(glasgow, "PP53").seats, party(glasgow, "PP102").seats) == (44, 27)
    assert glasgow.control == "PP53"


def test_england_2021_is_complete() -> None:
    """All 143 councils, 4,730 seats and 18,044 candidates are there."""
    england = night("england-2021")
    declared = [event for event in england.declarations if isinstance(event, WardDeclared)]

    assert len(england.openings) == 143
    assert sum(len(event.candidates) for event in declared) == 18_044
    assert sum(totals.seats_declared for totals in counted("england-2021").councils) == 4_730


def test_an_unknown_night_is_an_error_that_lists_the_nights() -> None:
    """The error names every night."""
    with pytest.raises(ValueError, match="barnet-2014"):
        load_night("barnet-1066")


def test_an_invalid_night_toml_is_refused(tmp_path: Path) -> None:
    """A mistake in a night.toml is an error; nothing is left out silently."""
    (tmp_path / "night.toml").write_text('title = "A night"\n')

    with pytest.raises(ValueError, match="election_date"):
        read_night_toml(tmp_path / "night.toml")


def test_a_night_names_no_more_notable_candidates_than_a_council_may_have() -> None:
    """Its details are held to the limit of an opening."""
    barnet = next(each for each in night("barnet-2014").openings if each.council_gss == BARNET)
    notables = [
        Notable(council_gss=BARNET, ward=ward.ward, candidate=each.candidate, office="Leader")
        for ward in barnet.wards
        for each in ward.candidates or ()
    ]
    few, many = (
        toml("barnet-2014").model_copy(update={"notable": tuple(notables[:number])})
        for number in (NOTABLES_MAX, NOTABLES_MAX + 1)
    )

    assert with_details(barnet, few)
    with pytest.raises(ValueError, match="51 candidates have an office"):
        with_details(barnet, many)


def test_a_council_without_listed_wards_is_open_until_it_is_declared() -> None:
    """Birmingham 2012 has no wards in our sources, so no alert comes before its result."""
    counted = fold(load_night("councils-2012"))

    raised = [
        (alert.action, alert.control, alert.outcome)
        for alert in counted.alerts
        if alert.name == "Birmingham" and alert.kind == "control"
    ]
    assert raised == [("raise", "PP53", "gain_from_noc")]
