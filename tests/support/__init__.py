"""Builders, fixtures and readers that several tests share."""
