"""Deliberate breaks of the product, each of which a test must notice (`script/mutants`)."""
