"""Every router of the ticker: those of data, which scripts of any site may read, and of pages."""

from __future__ import annotations

from typing import Final

from services.pages import static_files
from services.ticker.routes import (
    alerts,
    api,
    atom_feeds,
    cards,
    certificates,
    closest,
    councillors,
    desk,
    drafts,
    embed_pages,
    embeds,
    expected,
    formats,
    how,
    log_head,
    national,
    pages,
    parties,
    push,
    reference,
    search,
    site_files,
    stream,
    whole_night,
)

DATA: Final = (
    api.router,
    alerts.router,
    certificates.router,
    national.router,
    formats.router,
    stream.router,
    whole_night.router,
    parties.router,
    atom_feeds.router,
    closest.data,
    expected.data,
    councillors.router,
    drafts.data,
    log_head.router,
)

PAGES: Final = (
    pages.router,
    search.router,
    how.router,
    push.router,
    desk.router,
    embeds.router,
    embed_pages.router,
    reference.router,
    static_files.router,
    cards.router,
    site_files.router,
    closest.pages,
    expected.pages,
    drafts.pages,
)
