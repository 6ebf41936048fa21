"""Who is told what, where, once."""
