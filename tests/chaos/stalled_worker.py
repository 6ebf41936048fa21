"""The aggregator with a Faust that no longer hands anything to its stream, and logs nothing.

This is how streams stall according to reports (faust-streaming/faust issues 175, 306, 523, 640).
"""

from __future__ import annotations

import asyncio

import faust

from services.aggregator.service import aggregator
from services.engine.watchdog import STALL_TIMEOUT_S
from services.platform.health import Health
from services.platform.settings import load_settings

POLL_S = 0.01

app = aggregator(load_settings(), Health(STALL_TIMEOUT_S))


@app.task
async def stall() -> None:
    """Holds back whatever is fetched, also after a rebalance has resumed the flow."""
    while True:
        app.flow_control.suspend()
        await asyncio.sleep(POLL_S)


if __name__ == "__main__":
    faust.Worker(app, override_logging=False, redirect_stdouts=False).execute_from_commandline()
