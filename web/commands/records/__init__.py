"""What is done to records by word, beside files: withdrawn, erased, joined, days taken back."""
