"""The doors that providers knock at, and the pages of what arrived."""
