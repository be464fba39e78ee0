"""The promise: who sees what, and for how long. Knows no other stage."""
