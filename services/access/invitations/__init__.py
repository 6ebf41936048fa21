"""Invitations: keys of people, each given out as a link with a QR code."""
