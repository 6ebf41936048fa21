"""Labels that code makes and templates translate, with `{{ label | translated }}`.

Only whole labels are here, which the functions of `wording` return as they are. Sentences with
names and numbers in them are built in one language, and stay in English, marked as such.
"""

from __future__ import annotations

from typing import Final

LABELS: Final = (
    # `wording.alert_kind`
    "Withdrawn",
    "Control",
    "Majority lost",
    "Full result",
    "Decider",
    "Knife-edge",
    "Recount",
    "Postponed",
    "Beaten",
    "Milestone",
    "The night so far",
    # `wording.ward_state`
    "Being checked",
    "Declared",
    "Corrected",
    "To declare",
    "Counting",
    "Countermanded",
    "Uncontested",
    "Tied, awaiting the lot",
    # `wording.stage_title`
    "About to be decided",
    "Close to a decision",
    "Yet to declare",
    "Changed hands",
    "Decided",
)
"""Each is in every catalogue."""
