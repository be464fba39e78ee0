"""The product as people meet it: in a real Chromium."""
