"""Drafts of the councils and nights that a ticker follows."""
