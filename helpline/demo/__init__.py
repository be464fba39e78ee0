"""The demo helpline: invented colleagues, partners and stories, put in by the real services."""
