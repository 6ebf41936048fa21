"""The servers of the chaos tests: three brokers and a Redis, for one module of tests."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.chaos.proxied_stack import ProxiedStack

BROKERS = 3


@pytest.fixture(scope="module")
def proxied_stack(request: pytest.FixtureRequest) -> Iterator[ProxiedStack]:
    """Three brokers and Redis behind proxies; their data are kept if a test fails."""
    for name in [name for name in os.environ if name.startswith("LIVECOUNT_")]:
        del os.environ[name]
    directory = Path(tempfile.mkdtemp(prefix="livecount-chaos-"))
    failed_before = request.session.testsfailed
    made = ProxiedStack(directory, BROKERS, Random(str(directory)))
    try:
        made.start()
        yield made
    finally:
        made.stop()
        if request.session.testsfailed > failed_before:
            sys.stderr.write(f"kept: python -m tests.chaos.judge_again {directory}\n")
        else:
            shutil.rmtree(directory, ignore_errors=True)
