"""The addresses of entry."""
