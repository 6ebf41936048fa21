"""What went wrong with an event that was taken."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.support.checkout import CHECKOUT


class Failure(NamedTuple):
    """A step that raised or gave a wrong output. `events` are the last of its council, as JSON."""

    step: str
    what: str
    where: str
    events: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What failures of one cause share."""
        return f"{self.step}: {self.what.split(':')[0][:80]} at {self.where}"


class FuzzError(Exception):
    """A step failed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.kind}: {failure.what}")
        self.failure = failure


@contextmanager
def step(name: str) -> Iterator[None]:
    """Turns whatever the body raises into a FuzzError that names the step."""
    try:
        yield
    except FuzzError:
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}"[:2_000]
        raise FuzzError(Failure(name, what, _place(error))) from error


def check(name: str, *, holds: bool, what: str) -> None:
    """Raises FuzzError if something does not hold."""
    if not holds:
        raise FuzzError(Failure(name, what[:2_000], ""))


def _place(error: Exception) -> str:
    """Returns the innermost place in our own code that an error came from."""
    frames = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        file = Path(frame.filename)
        if (
            file.is_relative_to(CHECKOUT)
            and "tests" not in file.parts
            and ".venv" not in file.parts
        ):
            return f"{file.relative_to(CHECKOUT)}:{frame.lineno}"
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
