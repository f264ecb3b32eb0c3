"""What the parties agree, dispute and publish."""
