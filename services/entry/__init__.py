"""Pages behind a key, by which people say something: stringers say results, the desk decides."""
