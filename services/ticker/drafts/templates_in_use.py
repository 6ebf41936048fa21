"""The templates that a ticker writes drafts by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import structlog

from drafts.folder import Templates, UnusableTemplatesError, load_templates
from drafts.words import DraftLanguage

_log = structlog.get_logger()


def usable_templates(folder: Path | None) -> Mapping[DraftLanguage, Templates]:
    """Returns the templates of a folder, else those that come with livecount.

    A slip in a template must not keep the count from its readers: it is logged with file, line
    and remedy, and drafts are written by livecount's own templates.
    """
    try:
        return load_templates(folder)
    except UnusableTemplatesError as error:
        for fault in error.faults:
            _log.error("drafts are written by livecount's own templates", fault=str(fault))
        return load_templates(None)
