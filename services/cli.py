"""The `livecount` command: registers the commands of each service.

Each command imports what it needs only when it runs, so that `livecount --help` starts quickly.
"""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError

from services.access import commands as access
from services.aggregator import commands as aggregator
from services.archive import commands as archive
from services.audit import commands as audit
from services.declare import commands as declare
from services.entry import commands as entry
from services.feeds import commands as feeds
from services.intake import commands as intake
from services.nation import commands as nation
from services.notifier import commands as notifier
from services.notifier.holding import commands as holding
from services.platform import commands as platform
from services.platform.accounts import AccountError
from services.platform.exit_status import ExitStatus
from services.prepare import commands as prepare
from services.push import commands as push
from services.readiness import commands as readiness
from services.rebuild import commands as rebuild
from services.rehearsal import commands as rehearsal
from services.rehearsal.tally import tally
from services.review import commands as review
from services.ticker import commands as ticker

SECRET_NAMES = ("PASSWORD", "URL", "TOKEN", "PRIVATE_KEY", "SECRET")
"""Parts of the names of settings whose values are not printed; a URL may have a password."""

app = typer.Typer(
    name="livecount",
    no_args_is_help=True,
    add_completion=False,
    help="UK council election counts, live: totals, control changes and why, ward by ward.",
    # Local values in a traceback could show passwords.
    pretty_exceptions_show_locals=False,
)
platform.register(app)
intake.register(app)
feeds.register(app)
access.register(app)
prepare.register(app)
readiness.register(app)
declare.register(app)
aggregator.register(app)
nation.register(app)
rebuild.register(app)
notifier.register(app)
holding.register(app)
push.register(app)
ticker.register(app)
audit.register(app)
review.register(app)
entry.register(app)
archive.register(app)
rehearsal.register(app)
app.command("tally")(tally)


def main() -> None:
    """Runs the command line and ends the process with its exit status."""
    try:
        app()
    except ValidationError as error:
        # Every command reads the settings, so their errors are printed here for all of them.
        if error.title != "Settings":
            raise
        for fault in error.errors(include_url=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            if not name:
                # It concerns several settings, and its value is all of them with their secrets.
                sys.stderr.write(f"{fault['msg']}\n")
                continue
            value = "" if any(part in name for part in SECRET_NAMES) else fault["input"]
            sys.stderr.write(f"LIVECOUNT_{name}: {value!r}: {fault['msg']}\n")
        sys.exit(ExitStatus.UNUSABLE)
    except AccountError as error:
        sys.stderr.write(f"LIVECOUNT_ACCOUNTS_DIR: {error}\n")
        sys.exit(ExitStatus.UNUSABLE)


if __name__ == "__main__":
    main()
