"""An example of a ward's story, and of what it was before: Childs Hill, Barnet, 2010 and 2014.

Figures: `nights/london-2014`, whose `night.toml` names the sources.
"""

from __future__ import annotations

from datetime import date

from schemas.party import CONSERVATIVE, LABOUR, LIBERAL_DEMOCRATS
from schemas.previous import Previous, PreviousParty, PreviousPoll
from schemas.story import PartyStory, WardStory

_LAST_FOUGHT = date(2010, 5, 6)
_GREEN = "PP63"
_BEFORE = (
    (LIBERAL_DEMOCRATS, 2596, 3),
    (CONSERVATIVE, 2285, 0),
    (LABOUR, 1603, 0),
    (_GREEN, 456, 0),
)
_STORY = (
    (CONSERVATIVE, "CON", 0, 2, 1544, 30.8, 32.9, -2.1),
    (LIBERAL_DEMOCRATS, "LD", 3, -2, 1509, 30.1, 37.4, -7.3),
    (LABOUR, "LAB", 0, 0, 1463, 29.2, 23.1, 6.1),
    (_GREEN, "GREEN", 0, 0, 501, 10.0, 6.6, 3.4),
)

PREVIOUS = Previous(
    same_boundaries=True,
    polls=(
        PreviousPoll(
            last_fought=_LAST_FOUGHT,
            parties=tuple(
                PreviousParty(party_id=party, votes=votes, seats=seats)
                for party, votes, seats in _BEFORE
            ),
        ),
    ),
)

STORY = WardStory(
    last_fought=(_LAST_FOUGHT,),
    same_boundaries=True,
    compared_with=_LAST_FOUGHT,
    parties=tuple(
        PartyStory(
            party_id=party,
            party=name,
            seats_before=seats,
            seats_change=change,
            votes=votes,
            share=share,
            share_before=share_before,
            share_change=share_change,
        )
        for party, name, seats, change, votes, share, share_before, share_change in _STORY
    ),
    swing=2.6,
    swing_from=LIBERAL_DEMOCRATS,
    swing_to=CONSERVATIVE,
    text="CON gain 2 from LD since 6 May 2010; swing 2.6 from LD to CON",
)
