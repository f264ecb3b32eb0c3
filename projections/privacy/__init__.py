"""Who may see whose records, what is left out for others, and how long records are kept."""
