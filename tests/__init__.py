"""Sentences about people: what the desk does for them, and what it refuses."""
