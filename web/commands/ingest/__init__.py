"""Taking files in: each is planned from what is known, and stored in one commit, or only planned in a dry run."""
