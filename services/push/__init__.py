"""Readers' notifications: what a browser is told, by web push, until its reader ends it."""
