from __future__ import annotations

import subprocess
import sys

from services.platform.failpoints import failpoint


def test_a_failpoint_that_is_not_set_does_nothing() -> None:
    """A process without the variable passes every failpoint."""
    failpoint("after_publish")


def test_a_failpoint_kills_at_the_passage_that_is_set() -> None:
    """With `name:2` the process passes the point once, and is killed the second time."""
    code = (
        "from services.platform.failpoints import failpoint as point\n"
        "point('other'); point('here'); print('once', flush=True); point('here'); print('twice')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={"LIVECOUNT_CRASH_AT": "here:2"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert (ended.returncode, ended.stdout) == (-9, "once\n")
