"""`livecount review`: what waits, contradicts or is parked, and what the desk decides about it."""
