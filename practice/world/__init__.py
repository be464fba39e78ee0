"""The outside world in one process: Twilio, IWF and everybody's mail server, strict and local."""
