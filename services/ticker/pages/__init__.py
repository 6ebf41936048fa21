"""The HTML of every page, and the texts and numbers on it."""
