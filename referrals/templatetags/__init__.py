"""Template words of referrals."""
