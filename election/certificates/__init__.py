"""Certificates: the facts and the sum behind a call, so that others can check it."""
