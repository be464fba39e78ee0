"""What young people read, in every language, and what it must never say."""
