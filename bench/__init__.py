"""Measures what the product can do, on real servers; `script/bench` runs it."""
