"""The lock files: what the services import is in every environment that starts them."""

from __future__ import annotations

import re

import pytest

from tests.support.checkout import CHECKOUT

REQUIREMENTS = CHECKOUT / "requirements"


def packages(name: str) -> set[str]:
    """Returns the packages that a lock file pins."""
    locked = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9._-]+)==", locked, re.MULTILINE))


@pytest.mark.parametrize("name", ["dev", "bench"])
def test_what_runs_can_be_tested_and_measured(name: str) -> None:
    """Tests and benchmarks start the services: they lack no package that the services need."""
    assert packages("run")
    assert packages("run") - packages(name) == set()
