"""The page that tells readers how it works and what the words mean."""

from __future__ import annotations

import re
from typing import Final

from services.ticker.pages.templates import page
from services.ticker.pages.terms import TERMS

_EMAIL: Final = re.compile(r"[^@\s:/?]+@[^@\s:/?]+")


def how_it_works(
    *, contact: str = "", knows_postcodes: bool = False, is_archived: bool = False
) -> str:
    """Returns the page as HTML. `contact` is where readers tell of errors; blank is not known."""
    return page(
        "how_it_works.html",
        title="How it works",
        terms_of_night=TERMS,
        contact=contact,
        contact_link=contact_link(contact),
        knows_postcodes=knows_postcodes,
        rehearsal=False,
        wall=False,
        archived=is_archived,
    )


def contact_link(contact: str) -> str:
    """Returns the link to an e-mail address or to a page; blank for anything else."""
    if _EMAIL.fullmatch(contact):
        return f"mailto:{contact}"
    return contact if contact.startswith(("https://", "http://")) else ""
