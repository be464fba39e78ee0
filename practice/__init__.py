"""The other side, for training and demonstration: it plays the people and providers out there."""
