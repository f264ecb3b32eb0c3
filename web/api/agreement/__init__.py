"""What the two parties agreed."""
