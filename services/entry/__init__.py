"""Pages behind a key, by which people say something: the desk, which decides what counts."""
