"""Labels and nouns that code makes and templates translate, such as `{{ label | translated }}`.

Only whole labels are here, which the functions of `wording` return as they are. Sentences with
names and numbers in them are built in one language, and stay in English, marked as such.
"""

from __future__ import annotations

from typing import Final

LABELS: Final = (
    # `alert_wording.alert_label`
    "Withdrawn",
    "Called",
    "Council decided",
    "Loses control",
    "Full result",
    "It hangs on one ward",
    "Knife-edge",
    "Recount",
    "Postponed",
    "Well-known candidate beaten",
    "Milestone",
    "The night so far",
    # `wording.ward_state`
    "Being checked",
    "Declared",
    "Corrected",
    "To declare",
    "Counting",
    "Poll called off",
    "Elected without a vote",
    "Tied, to be decided by lot",
    # `wording.stage_title`
    "Closest to a decision",
    "Close to a decision",
    "Yet to declare",
    "Changed hands",
    "Decided",
    # `council_page.seat_bar`
    "to come",
    "vacant",
    "Still to be declared",
    "Vacant",
    # `shares.ward_shares`
    "No description",
)
"""Each is in every catalogue."""

NOUNS: Final = (
    ("councillor", "councillors"),
    ("declaration", "declarations"),
    ("seat", "seats"),
    ("time", "times"),
    ("vote", "votes"),
    ("voter", "voters"),
    ("ward", "wards"),
    ("win", "wins"),
)
"""What pages in other languages than English count, each as one and as many."""
