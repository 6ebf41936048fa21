"""Outcome: what a control means against the control before."""

from __future__ import annotations

from schemas.alert import Outcome
from schemas.party import NOC

_CHANGES = frozenset({"gain", "gain_from_noc", "loss_to_noc"})


def outcome(before: str | None, control: str | None) -> Outcome | None:
    """Returns the label of a control against the control on the eve of poll, which is given.

    `undetermined` while there is no control, and None where the control before is unknown.
    Mayors, by-elections of another term and coalitions never change it.
    """
    if control is None:
        return "undetermined"
    if before is None:
        return None
    if control == before:
        return "noc_hold" if control == NOC else "hold"
    if control == NOC:
        return "loss_to_noc"
    return "gain_from_noc" if before == NOC else "gain"


def is_change(label: Outcome | None) -> bool | None:
    """Returns whether an outcome changes control.

    None while control is undetermined, and if the control before is unknown.
    """
    return None if label in {None, "undetermined"} else label in _CHANGES
