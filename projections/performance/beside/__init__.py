"""What a figure stands beside: what other areas reached."""
