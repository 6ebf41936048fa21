"""Readiness: what is left to do before the polls close, for `livecount ready` and entry's page."""
