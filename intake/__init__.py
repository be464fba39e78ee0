"""Arrival: every door a young person may come through, and the answers that go back."""
