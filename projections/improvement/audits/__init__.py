"""What the log says of case-file audits, and what their numbers can tell."""
