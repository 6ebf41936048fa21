"""Where a council is, and the parts of a night that it is added up in."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from schemas.council import Cycle
from schemas.national import PartKind


class Part(NamedTuple):
    """A part of a night that councils are added up in, such as the region London."""

    kind: PartKind
    name: str


WHOLE_NIGHT = Part("night", "")
"""All councils of a night."""


class Place(Protocol):
    """Where a council is; each is blank where it is not known."""

    @property
    def nation(self) -> str:
        """The nation, such as `England`."""
        ...

    @property
    def region(self) -> str:
        """The region, such as `London`."""
        ...

    @property
    def authority_type(self) -> str:
        """The type of authority, such as `London borough`."""
        ...


PlaceOf = Callable[[str], Place | None]
"""Returns the place of a council by its GSS code, or None if it is not known."""


def no_place(council_gss: str) -> None:
    """Returns no place: for a night whose parts nobody asks for."""
    del council_gss


def parts_of(council_gss: str, cycle: Cycle | None, place_of: PlaceOf) -> tuple[Part, ...]:
    """Returns the parts that a council is in: the night first, then all that are known."""
    place = place_of(council_gss) if council_gss else None
    found = [WHOLE_NIGHT]
    if place is not None:
        found += [
            Part("nation", place.nation),
            Part("region", place.region),
            Part("authority_type", place.authority_type),
        ]
    found.append(Part("cycle", cycle or ""))
    return tuple(part for part in found if part.name or part.kind == "night")
