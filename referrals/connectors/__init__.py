"""How a referral's letters leave us."""
