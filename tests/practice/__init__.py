"""The other side: the providers and the people, as the tests and the practice page have them."""
