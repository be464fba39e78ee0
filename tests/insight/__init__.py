"""What the desk learns, and what nobody can learn from it."""
