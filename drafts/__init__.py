"""Drafts: what a council or a night comes to, as a story of a few sentences."""
