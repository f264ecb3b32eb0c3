"""What the parties say about figures, and where they meet about them."""
