"""Outcome: how a council's control compares with the control before."""

from __future__ import annotations

from typing import assert_never

from schemas.alert import Outcome
from schemas.party import NOC


def outcome(control_before: str | None, control: str | None) -> Outcome | None:
    """Returns the label of a control against the control on the eve of poll, which is given.

    `undetermined` while there is no control, None if the control before is unknown. Mayors,
    by-elections for another term and coalitions never change it.
    """
    if control is None:
        return "undetermined"
    if control_before is None:
        return None
    if control == control_before:
        return "noc_hold" if control == NOC else "hold"
    if control == NOC:
        return "loss_to_noc"
    return "gain_from_noc" if control_before == NOC else "gain"


def is_change(label: Outcome | None) -> bool | None:
    """Returns whether an outcome is a change of control.

    None while control is undetermined, and if the control before is unknown.
    """
    match label:
        case None | "undetermined":
            return None
        case "hold" | "noc_hold":
            return False
        case "gain" | "gain_from_noc" | "loss_to_noc":
            return True
    assert_never(label)
