"""What the pages of several services share: their look, their script, their frame, their safety."""
