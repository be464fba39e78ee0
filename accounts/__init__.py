"""The people who answer: users, duties, teams, training, shifts, and how they sign in."""
