"""Steps: what is made of an event before anything of it is published, each of which may fail.

An event that is accepted should pass all of them. Whether it does is found out here, so that one
that does not is set aside and stops nothing else (docs/decisions/0010-broken-events.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from election.council import Council
from election.fold import Effects, apply
from election.snapshot import dump
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.alert import Alert
from schemas.certificate import Certificate
from schemas.events import Event
from schemas.reject import fault_of
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.platform.kafka import MESSAGE_MAX_BYTES

OUTPUT_BYTES_MAX = MESSAGE_MAX_BYTES - 4_096
"""The largest alert, totals or ward as JSON: a message, less room for key, headers and framing. The
limits of the schemas keep every output below it (tests/property/test_outputs_at_the_bounds.py)."""

STATE_BYTES_MAX = 16_777_216
"""The largest state of a council, 16 MiB. Redis does nothing else while it is written, with each
batch that changes the council."""


class BrokenError(Exception):
    """A step failed for an event. The message says which step, and why."""


class Written(NamedTuple):
    """A council as it goes to Kafka and Redis.

    `totals` are JSON, None until the council is opened. `wards` has the changed wards by ballot:
    the JSON, empty if the council does not list the ward, and whether more is known of it than
    that it is polled.
    """

    state: bytes
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
        with _step("fold"):
            council, effects = self.fold(event, council)
            if effects.failure is not None:
                raise effects.failure
            return council, effects

    def alerts(self, alerts: Iterable[Alert]) -> list[tuple[str, bytes]]:
        """Returns the id and the JSON of each alert. Raises BrokenError, also for a large one."""
        found = []
        for alert in alerts:
            with _step(f"alert {alert.kind}"):
                encoded = alert.model_dump_json().encode()
                _check_size(encoded, self.output_bytes_max)
                found.append((alert.id, encoded))
        return found

    def certificates(self, certificates: Iterable[Certificate]) -> list[bytes]:
        """Returns each certificate as JSON. Raises BrokenError.

        They go to Redis only, beside a state that the limits of a council keep small.
        """
        with _step("certificate"):
            return [each.model_dump_json().encode() for each in certificates]

    def written(self, council: Council, ballots: Iterable[str]) -> Written:
        """Returns a council and those of its wards that changed. Raises BrokenError.

        Wards are written before the council is opened, too: otherwise its opening would be the
        event that fails.
        """
        with _step("totals"):
            totals = self.totals(council)
            encoded = None if totals is None else totals.model_dump_json().encode()
            _check_size(encoded or b"", self.output_bytes_max)
        wards = {
            ballot: self._ward(council, ballot) if ballot in council.wards else (b"", False)
            for ballot in ballots
        }
        with _step("state"):
            state = self.state(council)
            _check_size(state, self.state_bytes_max)
        return Written(state, encoded, wards)

    def _ward(self, council: Council, ballot: str) -> tuple[bytes, bool]:
        with _step(f"ward {ballot}"):
            ward = self.ward(council, ballot)
            encoded = ward.model_dump_json().encode()
            _check_size(encoded, self.output_bytes_max)
            if council.opening is not None and council.wards[ballot].contest is None:
                # Parked: nothing is shown of it until its council lists it.
                return b"", False
            return encoded, ward.status != "waiting"


STEPS = Steps()
"""The steps as they are in service. Tests give others, with one that fails or a lower limit."""


@contextmanager
def _step(name: str) -> Iterator[None]:
    """Makes a failure of the body a BrokenError; lets pass that memory ran out.

    That is not the event's fault: the worker ends, and counts the event once it has started again.
    """
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        raise BrokenError(fault_of(name, error)) from error


def _check_size(encoded: bytes, bytes_max: int) -> None:
    if len(encoded) > bytes_max:
        raise ValueError(f"{len(encoded)} bytes would come of it, at most {bytes_max} may")
