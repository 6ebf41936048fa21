"""Past nights, as files: `livecount replay`, `rehearse` and `demo` play them."""
