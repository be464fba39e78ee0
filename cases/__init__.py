"""The work: triage, assignment, the case and its hand-over, and closing."""
