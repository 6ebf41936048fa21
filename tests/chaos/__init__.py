"""Nights with faults: the rig that strikes, and the judgement of what came of it."""
