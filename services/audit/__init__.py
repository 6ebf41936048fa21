"""What the numbers rest on: the log beside Redis, a council's past, and what was set aside."""
