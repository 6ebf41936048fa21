"""`livecount rebuild`: Redis written anew, from the log of each stage of the count."""
