"""Sends alerts to people and machines, each alert once to each channel that it concerns."""
