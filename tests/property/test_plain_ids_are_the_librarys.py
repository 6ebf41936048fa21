from __future__ import annotations

from collections.abc import Callable
from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st
from uk_election_ids.election_ids import IdBuilder

from schemas.ids import (
    ballot_paper_id,
    belongs_to,
    check_ballot_paper_id,
    check_council_id,
    council_id,
)

PART = st.one_of(
    st.sampled_from(["barnet", "childs-hill", "by", "by-law", "st_ives", "a--b", "-a", "a-", "É"]),
    st.text(alphabet="ab9-_.É B\n", max_size=6),
)
DAY = st.one_of(
    st.dates().map(str),
    st.sampled_from(["2014-05-22", "2014-02-30", "2014-13-01", "2014-5-22", "14-05-22", "\n"]),
)
IDENTIFIER = st.builds(
    lambda kind, parts, day: ".".join([kind, *parts, day]),
    st.sampled_from(["local", "parl", "mayor", "Local", ""]),
    st.lists(PART, max_size=4),
    DAY,
)


def by_the_library(identifier: str, *, ballot: bool) -> bool:
    """Returns whether the library takes an id, and no part of it begins or ends with a mark."""
    if not all(part[:1].isalnum() and part[-1:].isalnum() for part in identifier.split(".")):
        return False
    try:
        found = IdBuilder.from_id(identifier)
        if found.election_type != "local" or not found.organisation:
            return False
        built = found.ballot_id if ballot else found.organisation_group_id
    except ValueError:
        return False
    return bool(found.division) is ballot and built == identifier


def accepted(check: object, identifier: str) -> bool:
    try:
        return check(identifier) == identifier  # type: ignore[operator]
    except ValueError:
        return False


@settings(max_examples=2_000)
@given(IDENTIFIER)
def test_an_id_is_valid_exactly_if_the_reference_implementation_says_so(
    identifier: str,
) -> None:
    """Ids of the plain form are not parsed, but the verdict is always the same."""
    assert accepted(check_council_id, identifier) == by_the_library(identifier, ballot=False)
    assert accepted(check_ballot_paper_id, identifier) == by_the_library(identifier, ballot=True)


NAME = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="Fo9-_–.' \n½É", max_size=8),
    st.sampled_from(["- Foo", "(-) Foo", "_Foo", "Foo -", "Foo _", "-", "__", "By", "by", "by.by"]),
)


@settings(max_examples=2_000)
@example("Barnet", "- Foo", date(2026, 5, 7), False)
@example("Barnet -", "_Foo -", date(2026, 5, 7), True)
@example("Barnet", "By", date(2026, 5, 7), False)
@given(NAME, NAME, st.dates(), st.booleans())
def test_an_id_that_is_built_from_names_is_valid_or_is_refused_there(
    council: str,
    ward: str,
    poll: date,
    by_election: bool,  # noqa: FBT001 -- drawn
) -> None:
    """Marks around a name are left out of its id; names that leave no id raise ValueError."""
    of_council, why = built(lambda: council_id(council, poll))
    assert accepted(check_council_id, of_council) or repr(council) in why

    of_ballot, why = built(lambda: ballot_paper_id(council, ward, poll, by_election=by_election))
    assert accepted(check_ballot_paper_id, of_ballot) or repr(ward) in why

    assert not (of_council and of_ballot) or belongs_to(of_ballot, of_council)


def built(build: Callable[[], str]) -> tuple[str, str]:
    """Returns what is built and why not, one of which is empty."""
    try:
        return build(), ""
    except ValueError as error:
        return "", str(error)


@given(st.sampled_from(["Foo", "Childs Hill", "St_Ives"]), st.text("-_ –(", max_size=4), st.data())
def test_marks_around_a_name_change_no_id(name: str, before: str, data: st.DataObject) -> None:
    """One ward has one id, however its name is set."""
    poll, after = date(2026, 5, 7), data.draw(st.text("-_ –)", max_size=4))
    marked = ballot_paper_id(f"{before}Barnet{after}", f"{before}{name}{after}", poll)
    assert marked == ballot_paper_id("Barnet", name, poll)
