"""What is due, of whom."""
