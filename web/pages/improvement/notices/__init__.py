"""Performance notices: listed, read, drafted, and every step until they are closed."""
