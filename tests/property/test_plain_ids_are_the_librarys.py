from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from uk_election_ids.election_ids import IdBuilder

from schemas.ids import check_ballot_paper_id, check_council_id

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
