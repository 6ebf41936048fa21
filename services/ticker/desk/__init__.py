"""The desk page, for producers: alerts that were not delivered and input that was rejected."""
