"""Past nights, played through the real thing."""
