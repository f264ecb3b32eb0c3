"""What keeps the service alive beside its questions: backups, and putting them back."""
