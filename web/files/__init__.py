"""Taking files in: their names and bytes, their rows, and what they change in what was known."""
