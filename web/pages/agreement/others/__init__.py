"""What other areas reach."""
