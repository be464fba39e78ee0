"""What the desk learns: the supervisor's board, figures that name nobody, the record."""
