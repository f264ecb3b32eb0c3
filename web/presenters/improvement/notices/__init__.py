"""Performance notices: the words of their steps, and their files."""
