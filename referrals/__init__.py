"""Others' help: services, referrals, the agreed packet, and the partner's page."""
