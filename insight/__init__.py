"""What the desk learns: boards and figures that point at nobody."""
