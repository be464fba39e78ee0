"""Getting it down: reported content, requests against clocks, and their outcomes."""
