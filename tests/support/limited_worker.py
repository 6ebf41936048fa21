"""The aggregator with a limit on what it publishes that some sound events exceed.

Run as `python -m tests.support.limited_worker aggregator BYTES`.
"""

from __future__ import annotations

import sys

from services.aggregator.service import run_aggregator
from services.aggregator.steps import Steps
from services.platform.log import configure_log
from services.platform.settings import load_settings

if __name__ == "__main__":
    settings = load_settings()
    configure_log("aggregator", settings.log_level, settings.log_format)
    run_aggregator(settings, Steps(output_bytes_max=int(sys.argv[2])))
