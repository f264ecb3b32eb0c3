"""Who may use the service, who did what, and whether all agrees."""
