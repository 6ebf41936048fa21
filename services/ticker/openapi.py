"""The ticker's OpenAPI document: what the routes say of themselves, and the stream's events."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from services.ticker.routes.stream_events import event_components

LICENCE: Final = {"name": "MIT", "identifier": "MIT"}
"""That of livecount. Whoever runs it says on which terms its data may be used."""

DESCRIPTION: Final = (
    "UK council election counts as data, for scripts of any site, without a key.\n\n"
    "Ids are Democracy Club's. Every answer about an election has a `feed_id`: it holds everything"
    " up to that entry of the feed and nothing after it, so that `/v1/stream` with"
    " `after=<feed_id>` goes on from it without a gap. A `mode` of `rehearsal` is no live count:"
    " leave those out of whatever the public sees."
)

TAGS: Final = [
    {"name": "data", "description": "Snapshots as JSON and CSV."},
    {"name": "stream", "description": "What changes, as server-sent events."},
    {"name": "feeds", "description": "Alerts as Atom feeds (RFC 4287)."},
    {"name": "forms of others", "description": "Results in the forms that others read."},
    {"name": "drafts", "description": "Stories of councils and nights, with what they rest on."},
    {"name": "embed", "description": "How to show a count on another page (oEmbed 1.0)."},
]


class DescribedApp(FastAPI):
    """An application whose document has the schemas of the stream's events, too."""

    def openapi(self) -> dict[str, Any]:
        """Returns the document, which is made once."""
        if self.openapi_schema is None:
            made = get_openapi(
                title=self.title,
                version=self.version,
                summary=self.summary,
                description=self.description,
                routes=self.routes,
                tags=self.openapi_tags,
                servers=self.servers,
                contact=self.contact,
                license_info=self.license_info,
            )
            schemas = made["components"]["schemas"]
            for name, schema in event_components().items():
                schemas.setdefault(name, schema)
            self.openapi_schema = made
        return self.openapi_schema
