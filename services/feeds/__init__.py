"""`livecount feed`: what others publish, read beside a night and posted to intake."""
