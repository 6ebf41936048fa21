"""The ground of the chaos tests: three brokers and a Redis, for one test run."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.chaos.ground import Ground

BROKERS = 3


@pytest.fixture(scope="module")
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """Three brokers and Redis behind proxies; what they held is kept where a test failed."""
    for name in [name for name in os.environ if name.startswith("LIVECOUNT_")]:
        del os.environ[name]
    directory = Path(tempfile.mkdtemp(prefix="livecount-chaos-"))
    failed_before = request.session.testsfailed
    made = Ground(directory, BROKERS, Random(str(directory)))
    try:
        made.start()
        yield made
    finally:
        made.stop()
        if request.session.testsfailed > failed_before:
            sys.stderr.write(f"kept: python -m tests.chaos.judge_again {directory}\n")
        else:
            shutil.rmtree(directory, ignore_errors=True)
