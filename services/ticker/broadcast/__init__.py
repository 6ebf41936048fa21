"""Readers who are connected, and what is sent to all of them."""
