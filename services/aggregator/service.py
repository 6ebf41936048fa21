"""The aggregator as a process: the first stage of the count, from declarations to councils."""

from __future__ import annotations

import time

from services.aggregator.outputs import Outputs
from services.aggregator.processor import BatchProcessor
from services.aggregator.steps import STEPS, Steps
from services.aggregator.store import Store
from services.engine.app import App
from services.engine.service import CountedTopic, Stage, prepare_process, run_app, stage_app
from services.engine.watchdog import STALL_TIMEOUT_S, Watched
from services.platform import redis
from services.platform.health import Health
from services.platform.metrics import AGGREGATOR_LAG, AGGREGATOR_PARTITION_LAG
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from services.platform.topic_log import DeclarationsLog
from services.platform.tracing import tracing


def aggregator(settings: Settings, health: Health, steps: Steps = STEPS) -> App:
    """Returns the whole aggregator, ready to be run by a Faust worker."""
    outputs = Outputs(settings)
    client = redis.connect(settings)
    store = Store(client, Keys(settings.namespace))
    log = DeclarationsLog(settings, health.beat)
    processor = BatchProcessor(log, outputs, store, time.monotonic, steps)
    declarations = Topics(settings.namespace).declarations
    watched = Watched(declarations, log, processor, AGGREGATOR_LAG, AGGREGATOR_PARTITION_LAG)

    async def close() -> None:
        await outputs.stop()
        await client.aclose()

    stage = Stage(
        service="aggregator",
        topics=(CountedTopic(processor.begin, watched),),
        check=store.check_keeps,
        tasks=(processor.finish,),
        forget=processor.forget,
        finished=processor.finished,
        close=close,
    )
    return stage_app(settings, health, stage)


def run_aggregator(settings: Settings, steps: Steps = STEPS) -> None:
    """Counts until it is told to stop (SIGTERM, SIGINT), then ends the process with status 0.

    Ends the process with the status that says why if it cannot go on.
    """
    prepare_process()
    health = Health(STALL_TIMEOUT_S)
    with tracing(settings, "aggregator"):
        run_app(settings, health, aggregator(settings, health, steps))
