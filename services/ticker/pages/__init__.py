"""The HTML of every page, and the words and numbers on it."""
