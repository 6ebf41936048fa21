"""The nation as a process: the second stage of the count, from councils to the whole night."""

from __future__ import annotations

import time

from services.engine.app import App
from services.engine.service import CountedTopic, Stage, prepare_process, run_app, stage_app
from services.engine.watchdog import STALL_TIMEOUT_S, Watched
from services.nation.digests import DigestClock
from services.nation.outputs import Outputs
from services.nation.processor import NightCounter
from services.nation.relay import Relay
from services.nation.rules import Rules
from services.nation.store import NightStore
from services.platform import redis
from services.platform.clock import uk_now
from services.platform.health import Health
from services.platform.metrics import NATION_LAG, NATION_RELAY_LAG
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from services.platform.topic_log import WorkerLog

SERVICE = "nation"


def nation(settings: Settings, health: Health, rules: Rules) -> App:
    """Returns the whole second stage, ready to be run by a Faust worker."""
    topics = Topics(settings.namespace)
    outputs = Outputs(settings)
    client = redis.connect(settings)
    store = NightStore(client, Keys(settings.namespace), rules.plan)
    totals = WorkerLog(settings, SERVICE, topics.totals, health.beat)
    night = WorkerLog(settings, SERVICE, topics.night, health.beat)
    relay = Relay(totals, outputs)
    counter = NightCounter(night, outputs, store, rules, time.monotonic)
    digests = DigestClock(counter, outputs, rules.plan.digest_minutes, uk_now)

    def forget() -> None:
        relay.forget()
        counter.forget()

    async def close() -> None:
        await outputs.stop()
        await client.aclose()

    stage = Stage(
        service=SERVICE,
        topics=(
            CountedTopic(relay.begin, Watched(topics.totals, totals, relay, NATION_RELAY_LAG)),
            CountedTopic(counter.begin, Watched(topics.night, night, counter, NATION_LAG)),
        ),
        check=store.check_keeps,
        tasks=(digests.run,),
        forget=forget,
        finished=counter.finished,
        close=close,
    )
    return stage_app(settings, health, stage)


def run_nation(settings: Settings, rules: Rules) -> None:
    """Counts until it is told to stop (SIGTERM, SIGINT), then ends the process with status 0.

    Ends the process with the status that says why if it cannot go on.
    """
    prepare_process()
    health = Health(STALL_TIMEOUT_S)
    run_app(settings, health, nation(settings, health, rules))
