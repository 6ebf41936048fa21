"""Steps: what is made of an event before anything of it is published, each of which may fail.

An event that is accepted should pass all of them. Whether it does is found out here, so that one
that does not is set aside and stops nothing else (docs/decisions/0010-broken-events.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from election.council import Council
from election.fold import Effects, apply
from election.snapshot import dump
from election.totals import council_totals, ward_totals
from schemas.alert import Alert
from schemas.events import Event
from schemas.totals import CouncilTotals, WardTotals
from services.platform.kafka import MESSAGE_MAX_BYTES

OUTPUT_BYTES_MAX = MESSAGE_MAX_BYTES - 4_096
"""The largest alert, totals or ward as JSON. Producers and topics take 1 MiB, and the rest of it is
room for key, headers and record framing: the same as intake leaves."""

STATE_BYTES_MAX = 16_777_216
"""The largest state of a council, 16 MiB. A council of 20 wards takes some 60 kB; with as many
candidates and names as long as the schemas and the fold take it is some 11 MB. All of it is written
to Redis with each batch that changes the council."""

ERROR_CHARACTERS_MAX = 1_000
"""Characters of an error that are kept; a validation error repeats what it was given."""


class BrokenError(Exception):
    """A step failed for an event. The message says which step, and why."""


class Written(NamedTuple):
    """A council's totals as JSON, None until it is opened, and its changed wards by ballot.

    A ward is its JSON, empty if the council no longer has it, and whether more is known of it
    than that it is polled.
    """

    totals: bytes | None
    wards: Mapping[str, tuple[bytes, bool]]


@dataclass(frozen=True, slots=True)
class Steps:
    """The functions that make the steps, and how large what they make may be."""

    fold: Callable[[Event, Council | None], tuple[Council, Effects]] = apply
    totals: Callable[[Council], CouncilTotals | None] = council_totals
    ward: Callable[[Council, str], WardTotals] = ward_totals
    state: Callable[[Council], bytes] = dump
    output_bytes_max: int = OUTPUT_BYTES_MAX
    state_bytes_max: int = STATE_BYTES_MAX

    def folded(self, event: Event, council: Council | None) -> tuple[Council, Effects]:
        """Returns the council after an event, and its effects. Raises BrokenError."""
        try:
            return self.fold(event, council)
        except Exception as error:
            raise _broken("fold", error) from error

    def alerts(self, alerts: Iterable[Alert]) -> list[tuple[str, bytes]]:
        """Returns the id and the JSON of each alert. Raises BrokenError, also for a large one."""
        found = []
        for alert in alerts:
            step = f"alert {alert.kind}"
            try:
                encoded = alert.model_dump_json().encode()
            except Exception as error:
                raise _broken(step, error) from error
            _check_size(step, encoded, self.output_bytes_max)
            found.append((alert.id, encoded))
        return found

    def written(self, council: Council, ballots: Iterable[str]) -> Written:
        """Returns a council and its changed wards as JSON, once its state is tried as well.

        The wards are tried before the council is opened, too, or its opening would be the event
        that fails. Raises BrokenError.
        """
        totals = self._totals(council)
        wards = {
            ballot: self._ward(council, ballot) if ballot in council.wards else (b"", False)
            for ballot in ballots
        }
        try:
            state = self.state(council)
        except Exception as error:
            raise _broken("state", error) from error
        _check_size("state", state, self.state_bytes_max)
        return Written(totals, wards)

    def _totals(self, council: Council) -> bytes | None:
        try:
            totals = self.totals(council)
            encoded = None if totals is None else totals.model_dump_json().encode()
        except Exception as error:
            raise _broken("totals", error) from error
        if encoded is not None:
            _check_size("totals", encoded, self.output_bytes_max)
        return encoded

    def _ward(self, council: Council, ballot: str) -> tuple[bytes, bool]:
        step = f"ward {ballot}"
        try:
            ward = self.ward(council, ballot)
            encoded = ward.model_dump_json().encode()
        except Exception as error:
            raise _broken(step, error) from error
        _check_size(step, encoded, self.output_bytes_max)
        return encoded, ward.status != "waiting"


STEPS = Steps()
"""The steps as they are in service. Tests give others, with one that fails or a lower limit."""


def _check_size(step: str, encoded: bytes, bytes_max: int) -> None:
    if len(encoded) > bytes_max:
        raise BrokenError(f"{step}: {len(encoded)} bytes would come of it, at most {bytes_max} may")


def _broken(step: str, error: Exception) -> BrokenError:
    """Returns the error of a step. Raises one that says nothing of the event: memory ran out."""
    if isinstance(error, MemoryError):
        raise error
    # What cannot be encoded must not break the reject as well.
    text = " ".join(str(error).encode(errors="backslashreplace").decode().split())
    return BrokenError(f"{step}: {type(error).__name__}: {text[:ERROR_CHARACTERS_MAX]}")
