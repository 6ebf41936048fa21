"""The clock of a process, which a fault may set by means of libfaketime.

Only the time of day moves. The monotonic clock goes on, as it does when somebody sets the time.
"""

from __future__ import annotations

from pathlib import Path

LIBRARIES = ("*/faketime/libfaketimeMT.so.1", "faketime/libfaketimeMT.so.1")
SHARED = Path("/dev/shm")  # noqa: S108 - where the system keeps shared memory
ROOTS = (Path("/usr/lib"), Path("/usr/lib64"))
CHECK_INTERVAL_S = 1
"""How soon a process notices that its clock was set."""


def library() -> Path:
    """Returns the path of libfaketime. Raises RuntimeError if it is not installed."""
    found = [file for root in ROOTS for pattern in LIBRARIES for file in root.glob(pattern)]
    if not found:
        raise RuntimeError("no libfaketime; run scripts/install-faketime, then try again")
    return found[0]


class Clock:
    """The clock of one process, set by a file that libfaketime reads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set(0)

    def set(self, ahead_s: int) -> None:
        """Sets the clock so many seconds ahead of the system's, or behind it."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{ahead_s:+d}\n")
        new.replace(self._file)

    def environment(self) -> dict[str, str]:
        """Returns the variables that give a process this clock."""
        return {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": str(CHECK_INTERVAL_S),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


def forget(pid: int) -> None:
    """Removes the memory that libfaketime shares with children, which a killed process leaves."""
    for name in (f"faketime_shm_{pid}", f"sem.faketime_sem_{pid}"):
        (SHARED / name).unlink(missing_ok=True)
