"""What a night's page says of all councils together."""

from __future__ import annotations

import pytest

from schemas.national import NationalCouncils, NationalParty, NationalTotals, Projection
from services.ticker.feed.nation_state import NationState
from services.ticker.pages.nation_view import nation_view
from tests.support.national import PASSED, TAKEN_BACK, national, part
from tests.support.ticking import ELECTION


def fragments(night: NationalTotals | None = None, *parts: NationalTotals) -> dict[str, str]:
    state = NationState(
        night.model_dump_json().encode() if night else b"",
        {f"{each.kind}:{each.name}": each.model_dump_json().encode() for each in parts},
    )
    return nation_view(state, ELECTION).fragments


def test_the_table_says_below_each_number_what_it_covers() -> None:
    """No number stands alone but councils held, which are counted."""
    strip = fragments(national())["strip"]

    assert '+669 <span class="covers">in 133</span>' in strip
    assert '<b class="big">2,101</b> <span class="covers">in 141</span>' in strip
    assert "2 others" in strip
    assert "the 42 councils decided so far" in strip
    assert "who was in control before is not known in 2" in strip
    assert "in 3 councils with new boundaries the last result is an estimate" in strip


def test_a_night_that_is_not_added_up_says_so_in_a_sentence() -> None:
    """And nothing else; each element is there, so that it can be filled."""
    found = fragments()

    assert "The totals of all councils are not known here" in found["strip"]
    assert "<table>" not in found["strip"]
    others = {name: html for name, html in found.items() if name != "strip"}
    for name, html in others.items():
        assert "".join(html.split()) == f'<divclass="nation"id="{name}"></div>'


def test_totals_that_cannot_be_read_say_so() -> None:
    """In other words than those that are not there."""
    found = nation_view(NationState(is_unreadable=True), ELECTION).fragments

    assert "cannot be shown at present" in found["strip"]


def test_a_mark_that_was_taken_back_is_struck_and_says_so() -> None:
    """The newest is first."""
    html = fragments(national())["night-milestones"]
    taken_back, passed = (each.text.removeprefix("MILESTONE ") for each in (TAKEN_BACK, PASSED))

    assert f"<s>{taken_back}</s>" in html
    assert "Withdrawn by a correction." in html
    assert f"<s>{passed}" not in html
    assert html.index(taken_back) < html.index(passed)
    assert 'href="/councils/local.nowhere.2014-05-22">Nowhere</a>' in html


def test_what_is_still_to_come_is_named() -> None:
    """With councils of which nothing is known, and those expected next in UK time."""
    html = fragments(national())["night-to-come"]

    assert "121 councils with seats still to declare; nothing has reached us yet from 2" in html
    assert "Bury, Wigan" in html
    assert ">03.30</time>" in html


def test_a_projection_has_its_source() -> None:
    """And the parties' short names."""
    html = fragments(national())["night-projections"]

    assert "Projected national share, as published by BBC:" in html
    assert "Lab 35%" in html


def test_a_part_is_a_row_of_its_kind() -> None:
    """By name; one that is not known has no name."""
    parts = (part("region", "Wales"), part("nation", "Wales"), part("region", ""))
    state = NationState(
        parts_json={f"{each.kind}:{each.name}": each.model_dump_json().encode() for each in parts}
    )

    view = nation_view(state, ELECTION)

    assert view.orders["parts-nation"] == ("part-nation-Wales",)
    assert view.orders["parts-region"] == ("part-region-", "part-region-Wales")
    assert view.orders["parts-cycle"] == ()
    assert "Lab 61 (+7 in 1)" in view.fragments["part-region-Wales"]
    assert ">Not known</th>" in view.fragments["part-region-"]


def test_seats_that_nobody_has_stated_are_not_none() -> None:
    """None have been won only if that is known of a council."""
    known = NationalParty(party_id="PP53", seats_won=0, seats_won_covers=2)
    unknown = NationalParty(party_id="PP53", councils=6)
    for party, words in ((known, "none yet"), (unknown, "not known")):
        region = part("region", "Wales", parties=(party,)).model_dump_json().encode()
        view = nation_view(NationState(parts_json={"region:Wales": region}), ELECTION)

        assert words in view.fragments["part-region-Wales"]


@pytest.mark.parametrize("name", ["night-parties", "night-milestones", "night-projections"])
def test_texts_of_others_are_never_markup(name: str) -> None:
    """Names of parties, marks and sources are escaped."""
    hostile = "<script>alert(1)</script>"
    source = Projection(name=hostile, source=hostile, shares={"PP53": 1.0}, entered_by="Ann")
    marks = (PASSED.model_copy(update={"text": hostile}),)
    labour = national().parties[0].model_copy(update={"party": hostile})
    night = national(projections=(source,), milestones=marks, parties=(labour,))

    html = fragments(night)[name]

    assert hostile not in html
    assert "&lt;script&gt;" in html


def test_a_night_with_nothing_to_come_says_nothing_of_it() -> None:
    """Every council is complete."""
    html = fragments(national(councils=NationalCouncils(opened=3, complete=3)))["night-to-come"]

    assert "Still to come" not in html
