"""Tests of the people who answer: sign-in, session, second factor, set-up."""
