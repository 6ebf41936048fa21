"""Rehearsals: past nights counted again, by the rules only or through all services."""
