"""A sender for each kind of channel, and what the senders share."""
