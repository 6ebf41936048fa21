"""Labels of the stringers' form, in English and for councils in Wales in Welsh beside it."""

from __future__ import annotations

from typing import Final

from election.council import Council

WELSH: Final = {
    "Ballot papers": "Papurau pleidleisio",
    "Being counted": "Yn cael ei gyfrif",
    "Check": "Gwirio",
    "Correct": "Cywiro",
    "Countermanded": "Gwrthorchmynnwyd",
    "Elected": "Etholwyd",
    "Electorate": "Etholwyr",
    "Majority": "Mwyafrif",
    "My wards": "Fy wardiau",
    "No poll": "Dim pleidlais",
    "No result yet": "Dim canlyniad eto",
    "Postponed": "Gohiriwyd",
    "Recount": "Ailgyfrif",
    "Send": "Anfon",
    "Change": "Newid",
    "Spoilt": "Papurau a wrthodwyd",
    "Take it back": "Tynnu’n ôl",
    "Total": "Cyfanswm",
    "Turnout": "Y ganran a bleidleisiodd",
    "Uncontested": "Diwrthwynebiad",
    "Votes": "Pleidleisiau",
    "Won by lot": "Enillwyd trwy goelbren",
}
"""The Welsh of each label. No Welsh speaker has checked them yet."""


def is_in_wales(council: Council) -> bool:
    """Returns whether a council is in Wales, by its code."""
    return council.opening is not None and council.opening.opened.council_gss.startswith("W")
