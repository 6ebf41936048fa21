"""How the aggregator ends its process if it cannot go on.

The exit status says why. No status acknowledges the batch in hand, so the next worker begins
with that batch.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import structlog

from services.platform.errors import ServiceError
from services.platform.exit_status import ExitStatus

log = structlog.get_logger(__name__)


def exit_process(status: ExitStatus, why: str, **details: object) -> NoReturn:
    """Logs why, and ends the process at once, without a graceful stop.

    A graceful stop of Faust may acknowledge what was never counted, or wait for ever for what
    cannot be counted (docs/userguide/agents.rst in faust-streaming: "the source message will be
    acked").
    """
    log.critical(why, exit_status=int(status), exit_name=status.name.lower(), **details)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


@contextmanager
def or_exit() -> Iterator[None]:
    """Ends the process if the body raises, with the error's exit status, or BROKEN if it has none.

    A cancellation, as in a graceful stop, passes through.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - nothing may reach Faust, which acknowledges on error
        status = error.exit_status if isinstance(error, ServiceError) else ExitStatus.BROKEN
        exit_process(status, str(error), exc_info=status is ExitStatus.BROKEN)
