"""Ways in: HTTP, files and the one producer."""
