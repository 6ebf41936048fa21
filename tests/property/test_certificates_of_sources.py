"""Nights of several sources that contradict each other, before the checker with their log."""

from __future__ import annotations

import pytest

from checker.check import check
from tests.certificates.night import certified
from tests.chaos.rough_night import RoughNight

DECLARATIONS, COUNCILS = 3_000, 50


@pytest.mark.parametrize("seed", [7, 11])
def test_every_certificate_of_a_rough_night_holds_with_its_log(seed: int) -> None:
    """Notices come and go, and results stand that sources say in other words."""
    rough = RoughNight(seed, DECLARATIONS, COUNCILS, "x", at_the_bounds=False, of_sources=True)

    night = certified(each.event for each in rough.parcels if each.event)
    wrong = [check(each, night.log)[0] for each in night.certificates]

    assert len(night.certificates) > COUNCILS
    assert [each for each in wrong if each] == []
