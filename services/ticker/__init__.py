"""The snapshot, the stream of changes and the web page."""
