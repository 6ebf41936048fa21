"""The parameters that several routes take, each with its bounds."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Query
from pydantic import Field, StringConstraints

from services.pages.language import Language
from services.ticker.broadcast.page_key import NightOrder

FEED_ID_CHARS_MAX: Final = 64
"""A feed id has 41 characters at most: two numbers of 20 digits."""

VIEW_CHARS_MAX: Final = 500
"""The key of a ward's page has the ids of its council and its ballot, 450 characters at most."""

URL_CHARS_MAX: Final = 2_000
"""Longer than the address of any page here; browsers and proxies take no more for certain."""

SIZE_PX_MAX: Final = 100_000
"""More than any screen has, so that what is larger is a mistake."""

TIME_MS_MAX: Final = 4_102_444_800_000
"""The year 2100 in milliseconds since 1970: no night of ours, and every clock can show it."""

LIST_WORD_CHARS_MAX: Final = 200
"""What a list is filtered by is a party's name as one word at the longest, which has 200."""

SortOrder = Annotated[NightOrder, Query(description="The order of a night's councils.")]
ListWord = Annotated[str, Query(max_length=LIST_WORD_CHARS_MAX, pattern="^[a-z0-9-]*$")]

ALERTS_PAGE_MAX: Final = 10_000
"""Pages of 50 alerts each: more alerts than a feed has entries."""

AlertId = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{32}$"),
    Field(description="An alert's id.", examples=["0a1b2c3d4e5f60718293a4b5c6d7e8f9"]),
]
AlertsPageNumber = Annotated[int, Query(ge=1, le=ALERTS_PAGE_MAX)]
ElectionId = Annotated[
    str,
    StringConstraints(max_length=100),
    Field(
        description="An election's id: `local.` and the day of the poll.",
        examples=["local.2014-05-22"],
    ),
]
CouncilId = Annotated[
    str,
    StringConstraints(max_length=200),
    Field(
        description="The id of a council's election, as Democracy Club writes it.",
        examples=["local.barnet.2014-05-22"],
    ),
]
BallotId = Annotated[
    str,
    StringConstraints(max_length=250),
    Field(
        description="A ward's ballot id, as Democracy Club writes it.",
        examples=["local.barnet.childs-hill.2014-05-22"],
    ),
]

PageLanguage = Annotated[
    Language, Query(description="The language: `en` is English, `cy` is Welsh.")
]
