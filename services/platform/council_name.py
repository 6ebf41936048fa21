"""Finds councils by the names that people type."""

from __future__ import annotations

from collections.abc import Iterable


class UnknownCouncilError(ValueError):
    """A name that fits no council, or several."""


def resolve(name: str, councils: Iterable[str]) -> str:
    """Returns the id of the one council that a name fits.

    A name is an id such as `local.barnet.2014-05-22`, or its part between the dots, such as
    `barnet`, in upper or lower case and with spaces or hyphens. Raises UnknownCouncilError,
    which lists councils to choose from.
    """
    known = sorted(set(councils))
    if name in known:
        return name
    fitting = [each for each in known if fits(name, each)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UnknownCouncilError(f"council: {name!r} fits several; give one of {_some(fitting)}")
    near = [each for each in known if _short(name) in each]
    remedy = f"is it one of {_some(near)}?" if near else "give its id or its short name"
    raise UnknownCouncilError(f"council: no declaration names {name!r}; {remedy}")


def fits(name: str, council: str) -> bool:
    """Returns whether a name fits a council's id."""
    return name == council or council.split(".")[1] == _short(name)


def _short(name: str) -> str:
    return "-".join(name.casefold().split())


def _some(councils: list[str]) -> str:
    shown = councils[:5]
    return ", ".join(shown) + (", …" if len(councils) > len(shown) else "")
