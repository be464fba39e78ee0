"""Pages of the desk and of cases."""
