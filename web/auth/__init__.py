"""Who asks, and what they may: accounts and tokens, roles and rights, and the trail of what was looked at."""
