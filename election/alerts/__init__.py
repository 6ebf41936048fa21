"""Which alerts a council's state calls for, and what an event changed about them."""
