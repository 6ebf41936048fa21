"""Council: the facts of one council's count, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from election.claim import Key, Standing
from election.share import NOTHING, Share
from election.tally import Tally
from schemas.base import Mode
from schemas.council import CouncilOpened, OpenedWard
from schemas.council_result import CouncilDeclared
from schemas.ward import WardDeclared, WardStatus


@dataclass(frozen=True, slots=True)
class Ward:
    """One ballot: what is known of it, and the share that follows."""

    listed: OpenedWard | None = None
    declared: WardDeclared | None = None
    status: WardStatus | None = None
    share: Share = NOTHING


@dataclass(frozen=True, slots=True)
class Council:
    """The state of one council's count. Never changed: `election.fold.apply` returns a new one.

    `opened` is the latest `council.opened`, without its wards: those are in `wards`, in its
    order, and after them the ballots that it does not list. `standing` holds the alerts that
    are raised and not withdrawn, by kind and subject.
    """

    council: str
    mode: Mode
    version: int = 0
    opened: CouncilOpened | None = None
    opened_digest: str = ""
    declared: CouncilDeclared | None = None
    wards: Mapping[str, Ward] = field(default_factory=dict)
    tally: Tally | None = None
    settled_at: str | None = None
    standing: Mapping[Key, Standing] = field(default_factory=dict)

    def but(self, **changes: Any) -> Council:
        """Returns a copy with some fields changed."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return Council(**{**values, **changes})
