"""Reads a newsroom's files and feeds as events. Imports nothing but the schemas."""
