"""Slips: what becomes of seeded slips, and of true results, by the trust of their source."""
