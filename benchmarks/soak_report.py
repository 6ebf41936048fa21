"""The report of a soak: each figure in the first and the second half, and whether it grew."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.soak_samples import Sample
from benchmarks.tables import table

FLAT_PERCENT = 5.0
"""How much a figure may grow over the second half and still be flat."""

SLACK = {"files": 2.0, "threads": 1.0, "lag": 50.0, "clients": 3.0}
"""How much small numbers may grow whatever that is in percent: a file or a thread that happens to
be open when a sample is taken, or some messages that have just come."""

BY_DESIGN = {
    "kafka log_bytes": "declarations, alerts and nights are kept for ever, wards for thirty days;"
    " of totals, national totals and deliveries the latest, but Kafka compacts full segments only",
    "redis alerts_bytes": "alerts are a list for each council, from which none is removed",
    "redis alerts": "the same, counted",
}
"""What nothing is ever removed from, with the reason."""


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure over a soak.

    `first` and `second` are the medians of the halves. `per_hour` is the slope, and `percent` the
    growth from begin to end, of a straight line through the second half.
    """

    name: str
    first: float
    second: float
    per_hour: float
    percent: float
    is_flat: bool
    by_design: bool

    @property
    def verdict(self) -> str:
        """What is to be said of it in a table."""
        if self.by_design:
            return "grows by design"
        return "flat" if self.is_flat else "**grows**"


def trends(samples: Sequence[Sample]) -> list[Trend]:
    """Returns the trend of each figure of the samples, of which there are at least four.

    Each sample has `elapsed_s`. A figure that a sample lacks is left out there.
    """
    names = dict.fromkeys(name for sample in samples for name in sample)
    return [_trend(name, samples) for name in names if name != "elapsed_s"]


def _trend(name: str, samples: Sequence[Sample]) -> Trend:
    middle_s = (samples[0]["elapsed_s"] + samples[-1]["elapsed_s"]) / 2
    points = [(each["elapsed_s"], each[name]) for each in samples if name in each]
    second = [each for each in points if each[0] >= middle_s]
    first = [each for each in points if each[0] < middle_s] or second
    times_s, values = zip(*second, strict=True)
    if len(second) < 2:
        raise ValueError(f"{name}: {len(second)} samples in the second half; at least 2 are needed")
    slope, intercept = statistics.linear_regression(times_s, values)
    begin = intercept + slope * times_s[0]
    growth = slope * (times_s[-1] - times_s[0])
    percent = 100 * growth / begin if begin > 0 else 0.0
    slack = SLACK.get(name.rpartition(" ")[2], 0.0)
    return Trend(
        name=name,
        first=statistics.median(value for _, value in first),
        second=statistics.median(values),
        per_hour=slope * 3_600,
        percent=percent,
        is_flat=growth <= max(slack, begin * FLAT_PERCENT / 100),
        by_design=any(name == each or name.startswith(f"{each} of ") for each in BY_DESIGN),
    )


def grown(found: Sequence[Trend]) -> list[str]:
    """Returns the names of the figures that grew and are not meant to."""
    return [each.name for each in found if not each.is_flat and not each.by_design]


def as_json(result: Mapping[str, Any], samples: Sequence[Sample]) -> dict[str, Any]:
    """Returns everything for JSON."""
    found = trends(samples)
    return {
        **result,
        "grown": grown(found),
        "trends": [asdict(each) for each in found],
        "samples": list(samples),
    }


def markdown(result: Mapping[str, Any], samples: Sequence[Sample]) -> str:
    """Returns the report as Markdown."""
    found = trends(samples)
    kept = [_row(each) for each in found if not each.by_design]
    made = [_row(each)[:4] for each in found if each.by_design and each.second]
    heads = ["figure", "first half", "second half", "an hour", "growth in second half", ""]
    wrong = grown(found)
    parts = [
        "# Soak",
        *_story(result),
        f"Flat means that a straight line through the second half rises by at most"
        f" {FLAT_PERCENT:g} %, or by what happens to be open or on its way:"
        f" {', '.join(f'{most:g} {name}' for name, most in SLACK.items())}."
        + (f" Not flat: {', '.join(wrong)}." if wrong else " Everything bounded was flat."),
        table(heads, kept),
        "What nothing is removed from while it runs grows by design:",
        table(heads[:4], made),
        "\n".join(f"- {name}: {why}" for name, why in BY_DESIGN.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _story(result: Mapping[str, Any]) -> list[str]:
    """Returns what was done, and what came of it."""
    on, visits = result["machine"], result["visits"]
    return [
        (
            f"{result['hours']:g} hours' worth of nights at {result['speed']:g} times their speed:"
            f" {result['seconds'] / 60:.0f} minutes from {result['began']} UTC, at commit"
            f" {result['commit']}, on {on['processor']}, {on['cores']} cores, Python"
            f" {on['python']}. The machine's load over a minute was {result['load_before']:.1f}"
            f" before and {result['load_after']:.1f} at the end."
        ),
        (
            f"{result['councils']} councils declared all their wards once, as fast as intake took"
            " them, before the first sample. Then each ward was corrected once a night of eight"
            f" hours, {result['rate_per_s']:.1f} declarations a second of the"
            f" {result['planned_per_s']:.1f} that this speed asks for: {result['declared']:,} in"
            f" all, of which intake refused {result['refused']}. {result['webhooks']:,} notices"
            " came to a webhook."
        ),
        (
            f"Meanwhile {result['readers']} readers of event streams came and went:"
            f" {visits['streams']:,} streams, {visits['resumed']:,} of them resumed, and"
            f" {visits['events']:,} events. {visits['answers']:,} pages and tables were answered."
            f" {visits['failed']} of all these visits failed."
        ),
        f"`livecount verify`: {result['verify']}",
    ]


def _row(trend: Trend) -> list[str]:
    is_bytes = "bytes" in trend.name
    name = trend.name.replace("_bytes", "").replace("_", " ")
    shown = [_amount(each, is_bytes=is_bytes) for each in (trend.first, trend.second)]
    slope = _amount(trend.per_hour, is_bytes=is_bytes, form="+,.1f")
    return [name, *shown, slope, f"{trend.percent:+.1f} %", trend.verdict]


def _amount(value: float, *, is_bytes: bool, form: str = ",.1f") -> str:
    if is_bytes:
        return f"{value / 1e6:{form}} MB"
    return f"{value:{form}}" if value % 1 else f"{value:{form.replace('.1', '.0')}}"
