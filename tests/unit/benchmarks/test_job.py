"""The job of the peers: what they publish and write, and that nothing is worked out twice."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import job
from benchmarks.load import Night
from benchmarks.messages import backlog, expected

LOAD = backlog(60, Night(councils=4, wards=10))


class Pipeline:
    """Keeps what would be written to Redis."""

    def __init__(self) -> None:
        self.written: dict[str, dict[str, Any]] = {}

    def hset(self, key: str, mapping: dict[str, Any]) -> None:
        self.written.setdefault(key, {}).update(mapping)


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The versions of councils whose totals were worked out, as they come."""
    found: list[int] = []
    real = job.council_totals

    def noting(council: Any) -> Any:
        found.append(council.version)
        return real(council)

    monkeypatch.setattr(job, "council_totals", noting)
    return found


@pytest.mark.parametrize("coalesce", [False, True])
def test_a_peer_works_out_totals_once_and_they_are_right(
    worked_out: list[int],
    coalesce: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    """What goes to Redis is what was published last, and both are the pure fold's."""
    wanted, count, pipeline = expected(LOAD), job.Count(coalesce=coalesce), Pipeline()
    count.loaded(list(wanted.councils), [None] * len(wanted.councils))
    outputs = [
        output
        for offset, each in enumerate(LOAD)
        for output in count.declaration(each.value, offset)
    ]
    outputs += count.latest() if coalesce else []
    published = [output for output in outputs if output.topic == job.TOPICS.totals]
    worked_out_to_publish = len(worked_out)
    count.write(pipeline)

    assert {each.key.decode(): each.value for each in published} == wanted.totals()
    assert {
        name: pipeline.written[job.KEYS.council(name)]["totals"] for name in wanted.councils
    } == wanted.totals()
    assert len(published) == worked_out_to_publish == len(worked_out)


def test_what_was_not_published_is_still_written(worked_out: list[int]) -> None:
    """Totals of a later version than the last that was published are worked out anew."""
    wanted, count, pipeline = expected(LOAD), job.Count(coalesce=True), Pipeline()
    count.loaded(list(wanted.councils), [None] * len(wanted.councils))
    for offset, each in enumerate(LOAD):
        count.declaration(each.value, offset)
        if offset == len(LOAD) // 2:
            count.latest()
    before = len(worked_out)
    count.write(pipeline)

    assert {
        name: pipeline.written[job.KEYS.council(name)]["totals"] for name in wanted.councils
    } == wanted.totals()
    assert len(worked_out) > before
