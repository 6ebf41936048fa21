"""What is made of a message of `night` before anything of it is published. Each step may fail.

A message that is accepted should pass all of them. Whether it does is found out here, so that one
that does not is set aside and stops nothing else (docs/decisions/0010-broken-events.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from election.nation.night import NightChange, apply
from election.nation.place import WHOLE_NIGHT, Part
from election.nation.plan import NightPlan
from election.nation.snapshot import dump_council, dump_head
from election.nation.state import Night
from election.nation.totals import national_totals
from schemas.alert import Alert
from schemas.national import NationalTotals, PartKind
from schemas.reject import fault_of
from services.nation.decode import Said
from services.platform.kafka import MESSAGE_MAX_BYTES

OUTPUT_BYTES_MAX = MESSAGE_MAX_BYTES - 4_096
"""The largest alert or national totals as JSON: a message, less room for key and headers."""


class BrokenError(Exception):
    """A step failed for a message. The message says which step, and why."""


class Written(NamedTuple):
    """A night as it goes to Kafka and Redis: its state, and the totals that changed.

    `totals` is empty if those of the whole night did not change. `parts` are by `kind:name`, and
    empty for one that no council is in any more.
    """

    head: bytes
    councils: Mapping[str, bytes]
    totals: bytes
    parts: Mapping[str, bytes]


@dataclass(frozen=True)
class Rules:
    """The plan of a newsroom, and the functions by which its nights are counted."""

    plan: NightPlan = field(default_factory=NightPlan)
    fold: Callable[[Said, Night | None, NightPlan], NightChange] = apply
    totals: Callable[[Night, PartKind, str, NightPlan], NationalTotals] = national_totals
    output_bytes_max: int = OUTPUT_BYTES_MAX

    def folded(self, said: Said, night: Night | None) -> NightChange:
        """Returns a night after something was said. Raises BrokenError."""
        with _step("fold"):
            return self.fold(said, night, self.plan)

    def alerts(self, alerts: Iterable[Alert]) -> list[tuple[str, bytes]]:
        """Returns the id and the JSON of each alert. Raises BrokenError, also for a large one."""
        found = []
        for alert in alerts:
            with _step(f"alert {alert.kind}"):
                found.append((alert.id, self._encoded(alert)))
        return found

    def written(self, night: Night, councils: Collection[str], parts: Collection[Part]) -> Written:
        """Returns a night, its changed councils and parts. Raises BrokenError."""
        totals: dict[Part, bytes] = {}
        for part in sorted(parts):
            if part not in night.parts and part != WHOLE_NIGHT:
                # Its last council is in another part now.
                totals[part] = b""
                continue
            with _step(f"totals {part.kind} {part.name}".rstrip()):
                totals[part] = self._encoded(self.totals(night, *part, self.plan))
        with _step("state"):
            return Written(
                dump_head(night),
                {council: dump_council(night.councils[council]) for council in councils},
                totals.pop(WHOLE_NIGHT, b""),
                {f"{part.kind}:{part.name}": encoded for part, encoded in totals.items()},
            )

    def _encoded(self, model: Alert | NationalTotals) -> bytes:
        encoded = model.model_dump_json().encode()
        if len(encoded) > self.output_bytes_max:
            raise ValueError(
                f"{len(encoded)} bytes would come of it, at most {self.output_bytes_max} may"
            )
        return encoded


@contextmanager
def _step(name: str) -> Iterator[None]:
    """Makes a failure of the body a BrokenError; lets pass that memory ran out.

    That is not the message's fault: the worker ends, and counts it once it has started again.
    """
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        raise BrokenError(fault_of(name, error)) from error
