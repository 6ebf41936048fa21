"""Keys: who may declare, how far their word counts, and the record of what was done with them."""
