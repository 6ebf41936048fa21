"""Planning: what a larger night takes, calculated from what was measured here."""

from __future__ import annotations

import math
import statistics
from typing import Any

BUSY_MAX = 0.7
"""The part of a core to plan with. The rest is for bursts and for catching up after a restart."""

UK_COUNCILS, UK_BALLOTS = 400, 9_000
UK_PEAK_PER_S = 12.5
"""Half of all ballots in the busiest hour, and ten times its mean in the busiest second."""
UK_READERS = 100 * UK_COUNCILS

FIRST_HURT = (
    "**Where it first hurts.** In the fold: the worker's processor is full before Kafka or Redis."
    " Then in a single council of very many wards: it has one partition and one worker, and its"
    " state is written whole with each batch that changes it. A county of 1,000 precincts should"
    " be entered as several councils."
)

US_REPORTS, US_PER_S = 100_000, 2_000


def planning(results: dict[str, Any], readers_a_process: int) -> str:
    """Returns the page's arithmetic, or nothing if livecount was not measured."""
    runs = [run for run in results["throughput"] if run["engine"] == "livecount"]
    runs = [run for run in runs if not run["fault"]]
    if not runs or not results["pure"]:
        return ""
    rate = _median(runs, "declarations_per_s")
    redis_per_s = 1_000 / max(_median(runs, "redis_cpu_s_per_1000"), 1e-6)
    kafka_s = _median(runs, "kafka_cpu_s_per_1000")
    councils = max(1, round(_median(runs, "councils")))
    council_bytes = _median(runs, "redis_bytes") / councils
    workers = math.ceil(US_PER_S / (rate * BUSY_MAX))
    basis = (
        f"From the medians above: one worker counts {rate:,.0f} declarations/s. Redis, which"
        f" has one thread, would be full at {redis_per_s:,.0f}/s, and Kafka takes"
        f" {kafka_s:.2f} s of a core for 1,000 declarations with their outputs. A council of"
        f" 20 wards takes {council_bytes / 1024:.0f} KiB of Redis. Plans use at most"
        f" {BUSY_MAX:.0%} of a core."
    )
    united_kingdom = (
        f"**All of the UK on one night.** {UK_COUNCILS} councils and {UK_BALLOTS:,} ballots,"
        " the bounds that the limits in the code are set by. With half of them in one hour, and"
        f" ten times that hour's mean in its busiest second, {UK_PEAK_PER_S:g} declarations/s:"
        f" {UK_PEAK_PER_S / rate:.1%} of one worker. Run two, so that one can take over. Eight"
        f" partitions, the default, are enough. Redis holds"
        f" {UK_COUNCILS * council_bytes / 2**20:.0f} MiB beside the feed. With 100 consumers of"
        f" each council, {UK_READERS:,} streams, at {readers_a_process:,} streams a ticker"
        f" process: {math.ceil(UK_READERS / readers_a_process)} processes. The readers, not the"
        " count, are what such a night costs."
    )
    late_s = max(0.0, US_REPORTS / rate - US_REPORTS / US_PER_S)
    united_states = (
        f"**A night the size of the US.** {US_REPORTS:,} precinct reports at {US_PER_S:,}/s are"
        f" {US_REPORTS / US_PER_S:.0f} s of work. {US_PER_S:,} / ({rate:,.0f} × {BUSY_MAX}) takes"
        f" {workers} worker{'' if workers == 1 else 's'}, and one more that can take over; at least"
        f" as many partitions, better {max(8, 4 * workers)}, as councils do not spread evenly."
        f" Redis is at {US_PER_S / redis_per_s:.0%} of its thread, Kafka at"
        f" {US_PER_S / 1_000 * kafka_s:.2f} cores. A single worker would take"
        f" {US_REPORTS / rate:.0f} s, and the last alerts would be {late_s:.0f} s late."
    )
    return f"{basis}\n\n{united_kingdom}\n\n{united_states}\n\n{FIRST_HURT}"


def _median(runs: list[dict[str, Any]], name: str) -> float:
    return float(statistics.median(run[name] for run in runs))
