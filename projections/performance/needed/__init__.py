"""What it takes to meet a target by its last day."""
