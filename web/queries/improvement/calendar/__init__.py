"""What is due, of whom, and who is reminded of it."""
