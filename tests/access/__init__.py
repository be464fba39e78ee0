"""Who may open what: every address of the service for every person, and what they find there."""
