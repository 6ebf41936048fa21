"""What is said aloud to readers of a page who do not see it change."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Noun = Literal["alert", "result", "message"]
"""What an announcement is counted as where several are summed up: "and 40 more results"."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One piece of news.

    The page says it at a pace that a person can follow: what is of the `rank` 0 always and first,
    then rank 1, and rank 2 if there is time for it. Those with the same `about` are said together,
    `about` once and then the `name` of each, such as `Labour lose: Sheffield, Bristol`; without
    an `about` it is said as `text`.
    """

    text: str
    rank: Literal[0, 1, 2] = 2
    about: str = ""
    name: str = ""
    noun: Noun = "message"

    def sent(self) -> dict[str, object]:
        """Returns it as pages take it."""
        return asdict(self)
