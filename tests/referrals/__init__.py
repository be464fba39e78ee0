"""Help outside: what leaves, to whom, and only when the young person agreed."""
