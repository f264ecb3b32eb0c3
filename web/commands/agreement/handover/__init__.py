"""A caseload passes from one contract to the next: tried, said, and taken back."""
