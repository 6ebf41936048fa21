from __future__ import annotations

import pytest

from election.rules.outcome import is_change, outcome
from election.text.phrases import headline
from schemas.alert import Outcome
from tests.support.polls import CON, LAB, counted, opened, ward, won


@pytest.mark.parametrize(
    ("before", "control", "label", "change", "line"),
    [
        ("CON", "CON", "hold", False, "CON HOLD Barnet"),
        ("CON", "LAB", "gain", True, "LAB GAIN Barnet from CON"),
        ("NOC", "LAB", "gain_from_noc", True, "LAB GAIN Birmingham from NOC"),
        ("CON", "NOC", "loss_to_noc", True, "CON LOSE Worcester to NOC"),
        ("NOC", "NOC", "noc_hold", False, "NOC HOLD Stockport"),
        (None, "CON", None, None, "CON WIN Barnet"),
        (None, "NOC", None, None, "NOC Barnet"),
        ("CON", None, "undetermined", None, "Barnet: no result yet"),
        (None, None, "undetermined", None, "Barnet: no result yet"),
    ],
)
def test_the_outcome_follows_from_the_control_before_and_now(
    before: str | None,
    control: str | None,
    label: Outcome | None,
    *,
    change: bool | None,
    line: str,
) -> None:
    """Each pair of controls has one outcome and one headline."""
    name = next(word for word in line.replace(":", "").split() if word.istitle())

    assert label == outcome(before, control)
    assert change == is_change(label)
    assert line == headline(name, label, control or "", before or "")


def test_control_before_is_given_never_derived() -> None:
    """Seats held before say nothing of control before: defections and deals come between."""
    count = counted(
        opened(ward("north", 1, {LAB: 1}), not_up={CON: 5, LAB: 1}, before="NOC"),
        won("north", LAB),
    )

    assert (count.control_before, count.outcome) == ("NOC", "gain_from_noc")


def test_an_unknown_control_before_leaves_the_outcome_open() -> None:
    """If nobody stated control before, control is known and its outcome is not."""
    count = counted(opened(ward("north", 1, {CON: 1, LAB: 1})), won("north", CON))

    assert (count.control, count.outcome) == (CON, None)


def test_a_joint_control_before_is_labours() -> None:
    """Control given under the joint id of Labour and Co-operative counts as Labour's."""
    count = counted(
        opened(ward("north"), before="joint-party:53-119"),
        won("north", "joint-party:53-119"),
    )

    assert (count.control_before, count.control, count.outcome) == (LAB, LAB, "hold")
