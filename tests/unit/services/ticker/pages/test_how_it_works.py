from __future__ import annotations

import re

import pytest

from services.ticker.pages.how_it_works import contact_link, how_it_works
from services.ticker.pages.terms import TERMS, explained


def test_every_term_is_explained_at_an_address_of_its_own() -> None:
    """Pages lead to a term by its key."""
    page = how_it_works()

    assert set(re.findall(r'<dt id="([^"]+)"', page)) == {term.key for term in TERMS}
    assert len({term.title for term in TERMS}) == len(TERMS)


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("errors@example.org", "mailto:errors@example.org"),
        ("https://example.org/errors", "https://example.org/errors"),
        ("javascript:alert(1)", ""),
        ("the news desk, 020 7946 0000", ""),
        ("", ""),
    ],
)
def test_readers_are_told_whom_to_write_to(contact: str, link: str) -> None:
    """A link only to mail and to pages; anything else is text."""
    page = how_it_works(contact=contact)

    assert contact_link(contact) == link
    assert (f'href="{link}"' in page) == bool(link)
    assert contact in page


def test_postcodes_are_credited_only_if_they_are_known() -> None:
    """As the licence of the Office for National Statistics asks."""
    credit = "Office for National Statistics licensed under the Open Government Licence"

    assert credit in how_it_works(knows_postcodes=True)
    assert credit not in how_it_works()


def test_terms_are_found_by_key() -> None:
    """A template that names no term fails its test and not the reader."""
    assert [term.title for term in explained("control", "majority")] == ["Control", "Majority"]
    with pytest.raises(KeyError):
        explained("nothing")
