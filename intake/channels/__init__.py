"""The doors and ways out: one module a channel; provider words stop here."""
