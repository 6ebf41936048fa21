"""One job, many engines, one run: how fast livecount is, beside what else a newsroom could pick."""
