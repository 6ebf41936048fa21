"""One sender for each kind of channel, and what they share."""
