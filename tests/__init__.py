"""The tests. Their folders mirror the code; what they share is in `support`."""
