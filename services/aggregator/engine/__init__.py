"""Faust, and only Faust: the app, the driver, the agent and the service."""
